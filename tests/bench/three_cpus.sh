# SPDX-License-Identifier: BSD-2-Clause
# Two CPUs that call at once, and neither is the first one: see README.md.

set -e
in=/in
insmod "/lib/palisade/palisade-$(uname -r | cut -d. -f1-2).ko"
pal enable >/dev/null
$in/bench two_callers $in
pal disable >/dev/null
