# SPDX-License-Identifier: BSD-2-Clause
#
# The scenario of secure_test: under GRUB's hypervisor, while Secure Boot is on.
# /in has palisade.ko with the owner's signature.

. /usr/lib/palisade/tests/lib.sh

refuses_saying() {	# words, command...
	words=$1
	shift
	! said=$("$@" 2>&1) && echo "$said" && echo "$said" | grep -q "$words"
}

linux_is_locked_down() {
	dmesg | grep -q 'Secure boot enabled' &&
		dmesg | grep -q 'Kernel is locked down'
}

is_running() {
	pal status | grep -q 'before Linux, by GRUB'
}

claim linux_is_locked_down linux_is_locked_down
claim an_unsigned_module_is_refused refuses_saying 'Key was rejected' \
	insmod "$module"
claim the_owners_signature_is_taken insmod /in/signed.ko
claim the_hypervisor_runs is_running
claim a_pal_works good_pal_works
claim late_launch_is_refused refuses_saying 'locked down' enable
claim the_kernel_log_is_clean no_damage_in_log
exit 0
