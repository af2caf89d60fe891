# SPDX-License-Identifier: BSD-2-Clause
#
# Linux panics with a PAL at work, and its crash kernel boots: under the
# hypervisor still, with what is the PAL's as far away as before.  Part of
# `make reset-test`.
# Options of vm: --append crashkernel=256M --in build/download/kernel-6.1/vmlinuz

. /usr/lib/palisade/tests/lib.sh

if ! grep -q second /proc/cmdline; then
	claim the_attacking_module_loads insmod "/lib/attacks/attack-$kernel.ko"
	claim the_module_loads insmod "$module"
	claim the_hypervisor_is_launched enable
	"$tests/helper_hold" loop &
	sleep 0.5
	(cd / && find . -xdev ! -path './proc/*' ! -path './sys/*' |
		cpio -o -H newc >/run/initrd 2>/dev/null)
	claim a_crash_kernel_can_be_loaded "$tests/helper_kexec" --on-panic \
		/in/vmlinuz /run/initrd "$(cat /proc/cmdline) second nr_cpus=1"
	echo c >/proc/sysrq-trigger
	not_ok linux_panics 'it did not'
	exit 1
fi
is_running() {
	dmesg | grep -q 'a hypervisor of Palisade is running'
}

dump_ends() {
	dd if=/proc/vmcore of=/dev/null bs=1M 2>&1 | grep -q 'Bad address'
}

claim the_crash_kernel_boots true
claim it_has_no_use_of_the_hypervisor_that_is_there \
	sh -c "! insmod $module 2>/dev/null"
claim and_is_told_why is_running
claim a_dump_ends_where_memory_is_protected dump_ends
claim and_the_crash_kernel_lives_on true
exit 0
