# SPDX-License-Identifier: BSD-2-Clause
#
# The scenario of tpm_test, in a machine with a TPM: seal a root in it as
# palisade-root(7) tells the owner to, start with it, seal; or, after a restart,
# open.  The same with a root in a file, and with none.
# Usage: tpm_boot.sh first|second; /in has tpm2, a folder with programs.

. /usr/lib/palisade/tests/lib.sh
. /usr/lib/palisade/tests/seal_cases.sh
. /usr/lib/palisade/tests/lasting_cases.sh
. /usr/lib/palisade/tests/root_cases.sh

ours=0x81000100:0,2,4,7,15
others=0x81000101:4,14
open_to_all=0x81000102:15
nothing=0x81000103:15

owner_seals_roots() {
	mkdir /run/owner && cd /run/owner && pal root new -o root.bytes &&
		seal_root $ours 'fixedtpm|fixedparent' &&
		seal_root $others 'fixedtpm|fixedparent' &&
		seal_root $open_to_all 'fixedtpm|fixedparent|userwithauth'
}

starts_with_the_root() {
	pal enable --serial 0x3f8 --root-tpm $ours &&
		pal status | grep -q 'sealing root *from the TPM' &&
		pal status --json | grep -q '"root":"tpm"' &&
		with sealer root | grep '^3 '
}

# The hypervisor does not run, and why is told.
is_refused() {	# words, place
	refusal=$(pal enable --root-tpm "$2" 2>&1) && return 1
	echo "$refusal"
	echo "$refusal" | grep -q "$1" && ! pal status 2>/dev/null
}

is_wrong_usage() {	# options
	pal enable "$@"
	[ $? = 2 ]
}

is_given_once() {
	pal disable && is_refused 'was taken already since it started' $ours
}

another_root_does_not_open() {
	enable && opens sealer 'for' EROOT &&
		token_is_refused 'sealed under another root' /out/tokens web &&
		pal disable
}

token_is_made() {
	export PALISADE_TOKENS=/out/tokens
	mkdir -p $PALISADE_TOKENS && pal token init --tpm -r 1000 web &&
		pal token generate -l first web &&
		cp -r $PALISADE_TOKENS /out/older &&
		pal token generate -l second web && key_signs web second before
}

# The owner can take away what was counted; nothing older counts then.
deleted_place_is_told() {
	for index in $(tpm2 getcap handles-nv-index | sed 's/^- //'); do
		tpm2 nvundefine -C o "$index"
	done
	refuses 'the TPM refuses' box && refuses 'an old copy' box.old
}

token_works() {	# folder of tokens
	export PALISADE_TOKENS=$1
	pal token list web | grep first && pal token list web | grep second &&
		pal token generate -l third web
}

claim the_module_loads insmod "$module"
case $1 in
first)
	claim an_owner_seals_a_root owner_seals_roots
	seal_begin /out "$tests/helper_seal"
	claim all_is_prepared seal_prepare
	claim a_root_that_anybody_may_take_is_refused \
		is_refused 'not sealed to PCRs alone' $open_to_all
	claim a_place_without_a_root_is_told \
		is_refused 'nothing at this handle' $nothing
	claim what_is_no_place_is_told is_wrong_usage --root-tpm 0x81000100:16
	claim one_root_is_enough \
		is_wrong_usage --root-tpm $ours --root /dev/null
	claim the_tpms_root_is_taken starts_with_the_root
	claim a_pal_seals_under_it seal sealer measurement 'for' 'secret'
	claim a_token_is_made_with_the_tpm token_is_made
	mkdir /out/boxes
	lasting_begin /out/boxes "$tests/tpm_liar" /dev/tpmrm0
	lasting_before_boot
	claim the_tpm_gives_it_once is_given_once
	claim under_another_root_nothing_opens another_root_does_not_open
	claim a_root_lies_in_a_file pal root new -o /out/root
	claim the_files_root_is_taken pal enable --root /out/root
	claim a_key_is_made_under_it key_is_made file
	claim the_hypervisor_ends_again pal disable
	claim without_a_root_it_starts_too enable
	claim a_key_is_made_that_will_be_lost key_is_made lost
	claim the_hypervisor_ends_once_more pal disable
	claim without_a_tpm_that_is_told \
		env PALISADE_TPM=/dev/no-tpm sh -c 'pal enable --root-tpm \
			0x81000100:15 2>&1 | grep "is there a TPM"'
	;;
second)
	cp -r /in/out /run/out
	seal_begin /run/out "$tests/helper_seal"
	tpm2 pcrextend \
		"14:sha256=$(printf %064d 1)"
	claim a_machine_started_in_another_way_gets_no_root \
		is_refused 'was not started as when' $others
	claim after_a_restart_the_root_is_there_again starts_with_the_root
	claim and_what_was_sealed_opens opens sealer 'for' 'secret'
	lasting_begin /run/out/boxes "$tests/tpm_liar" /dev/tpmrm0
	lasting_after_boot
	claim an_old_copy_of_a_token_is_refused \
		token_is_refused 'older than the token' /run/out/older web
	claim the_newest_one_works token_works /run/out/tokens
	claim its_key_signs_as_before key_works_again web second
	claim a_token_under_an_ephemeral_root_says_why \
		token_is_refused 'if that one was ephemeral' /run/out/tokens lost
	claim a_token_under_a_file_waits_for_it \
		token_is_refused 'pal enable --root' /run/out/tokens file
	claim what_counted_in_a_deleted_place_is_refused deleted_place_is_told
	claim the_hypervisor_ends pal disable
	claim the_files_root_is_taken pal enable --root /run/out/root
	claim the_key_under_it_signs_as_before key_works_again file key
	claim the_tpms_token_is_refused \
		token_is_refused 'sealed under another root' /run/out/tokens web
	claim the_hypervisor_ends_again pal disable
	;;
esac
claim the_kernel_log_is_clean no_damage_in_log
exit 0
