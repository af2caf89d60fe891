#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The smallest scenario: the guest is up and is the machine that Palisade wants.

set -e

echo "Linux $(uname -r) on $(nproc) CPUs, up for $(cut -d' ' -f1 /proc/uptime) s"
grep -qw svm /proc/cpuinfo
grep -qw npt /proc/cpuinfo
[ "$(id -un)" = root ]
[ "$(su user -c 'id -un')" = user ]
modprobe msr
[ -c /dev/cpu/0/msr ]
[ $# = 0 ] || printf '<%s>\n' "$@"
echo 'the guest works'
