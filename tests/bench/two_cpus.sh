# SPDX-License-Identifier: BSD-2-Clause
# What needs time that passes, and two CPUs.

set -e
in=/in
insmod "/lib/palisade/palisade-$(uname -r | cut -d. -f1-2).ko"
$in/bench launch /lib/palisade/palisade.bin
sleep 2
$in/bench idle 5
$in/bench window_rate $in
pal disable >/dev/null
