# SPDX-License-Identifier: BSD-2-Clause
#
# Linux boots another Linux, with a PAL running, under a hypervisor that GRUB has
# started: the second is under it, too, and has all that the first had.
# vm: --boot grub --cpus 2 --in build/download/kernel-6.1/vmlinuz

. /usr/lib/palisade/tests/lib.sh

if ! grep -q second /proc/cmdline; then
	claim the_module_connects insmod "$module"
	claim a_pal_works good_pal_works
	"$tests/helper_hold" loop &
	sleep 0.5
	(cd / && find . -xdev ! -path './proc/*' ! -path './sys/*' |
		cpio -o -H newc >/run/initrd 2>/dev/null)
	"$tests/helper_kexec" /in/vmlinuz /run/initrd \
		"$(cat /proc/cmdline) second"
	not_ok linux_boots_another 'kexec came back'
	exit 1
fi
claim all_cpus_are_there test "$(nproc)" = 2
claim the_module_connects_again insmod "$module"
claim pals_work_again good_pal_works
claim no_pal_of_before_is_left sh -c 'pal status | grep "no PALs"'
claim the_kernel_log_is_clean no_damage_in_log
exit 0
