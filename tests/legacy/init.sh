#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-2-Clause
# The init of run's kernels: a login on the console it is told of.
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
[ ! -e /sys/hypervisor/version/major ] ||
	echo "under $(cat /sys/hypervisor/type)" \
		"$(cat /sys/hypervisor/version/major)"
for word in $(cat /proc/cmdline); do
	case $word in console=*) console=${word#console=} ;; esac
done
exec getty -L 115200 "${console%%,*}" linux
