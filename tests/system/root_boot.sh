# SPDX-License-Identifier: BSD-2-Clause
#
# A scenario of root_test, under a hypervisor that GRUB started: seal under the
# root that it brought, or open after a restart.
# Usage: root_boot.sh provide|make|use file|tpm|ephemeral

. /usr/lib/palisade/tests/lib.sh
. /usr/lib/palisade/tests/seal_cases.sh
. /usr/lib/palisade/tests/root_cases.sh

place=0x81000100:0,2,7,15
commands=0x81000101:8,15

root_is() {	# words of pal status
	pal status | grep "^sealing root *$1"
}

owner_seals_roots() {
	mkdir /run/owner && cd /run/owner && pal root new -o root.bytes &&
		seal_root $place 'fixedtpm|fixedparent' &&
		seal_root $commands 'fixedtpm|fixedparent'
}

# The value of its last PCR is another now, so nobody can unseal.
tpm_gives_it_once() {
	tpm2 unseal -c "${place%:*}" -p "pcr:sha256:${place#*:}" && return 1
	tpm2 pcrread -Q sha256:15 -o /run/pcr &&
		od -An -v -tx1 /run/pcr | grep -q '[1-9a-f]'
}

what_was_sealed_opens() {
	opens sealer 'for' 'secret'
}

claim the_module_connects insmod "$module"
claim the_root_is_the_one_that_grub_brought root_is "$2"
case $1 in
provide)
	claim an_owner_seals_a_root owner_seals_roots
	;;
make)
	seal_begin /out "$tests/helper_seal"
	claim all_is_prepared seal_prepare
	claim a_pal_seals_under_it seal sealer measurement 'for' 'secret'
	claim a_key_is_made_under_it key_is_made web
	;;
use)
	cp -r /in/out /run/out
	seal_begin /run/out "$tests/helper_seal"
	claim what_was_sealed_before_the_restart_opens what_was_sealed_opens
	claim the_key_signs_as_before key_works_again web key
	;;
esac
[ ! -e /in/tpm2 ] || [ "$1" = provide ] ||
	claim the_tpm_gives_it_to_nobody_else tpm_gives_it_once
claim the_kernel_log_is_clean no_damage_in_log
exit 0
