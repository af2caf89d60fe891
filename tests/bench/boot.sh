# SPDX-License-Identifier: BSD-2-Clause
#
# How far the clock is when init has come here; with "under", what a hypervisor
# that GRUB has started before has cost so far, and costs an idle Linux.

set -e
in=/in
$in/bench boot
awk '/^MemTotal:/ { print "boot_memory_bytes", $2 * 1024 }' /proc/meminfo
[ "${1-}" = under ] || exit 0
insmod "/lib/palisade/palisade-$(uname -r | cut -d. -f1-2).ko"
$in/bench booted 5
