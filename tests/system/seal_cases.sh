# SPDX-License-Identifier: BSD-2-Clause
#
# Sealing and counting, as a PAL's program sees it: the same under the
# hypervisor and in the simulator.  Sourced after lib.sh.
#
#   seal_begin FOLDER HELPER		where files go; helper_seal, which lies
#					beside sealer*.pal
#   claim all_is_prepared seal_prepare
#   seal_cases

seal_begin() {	# folder, helper
	dir=$1
	helper=$2
}

seal_prepare() {
	mkdir -p "$dir" && cp "${helper%/*}"/sealer*.pal "$dir" || return 1
	pal keygen -o "$dir/ours.pem" && pal keygen -o "$dir/theirs.pem" ||
		return 1
	for image in sealer sealer_new sealer_debug; do
		pal sign -k "$dir/ours.pem" -o "$dir/our_$image.pal" \
			"$dir/$image.pal" || return 1
	done
	pal sign -k "$dir/theirs.pem" -o "$dir/their_sealer.pal" \
		"$dir/sealer.pal"
}

# Run helper_seal with a PAL of the folder.
with() {	# PAL, command...
	image=$1
	shift
	"$helper" "$dir/$image.pal" "$@"
}

# Its output is this.
says() {	# words, PAL, command...
	wanted=$1
	shift
	said=$(with "$@" 2>&1)
	[ "$said" = "$wanted" ] && return 0
	echo "wanted '$wanted', got '$said'"
	return 1
}

# Seal to $dir/blob.
seal() {	# PAL, binding, associated, secret
	with "$1" seal "$2" "$3" "$4" >"$dir/blob"
}

opens() {	# PAL, associated, secret
	says "$3" "$1" unseal "$2" <"$dir/blob"
}

sealed_opens() {	# PAL, binding, associated, secret, PAL that opens
	seal "$1" "$2" "$3" "$4" && opens "$5" "$3" "$4"
}

sealed_is_refused() {	# error, PAL, binding, PAL that tries
	seal "$2" "$3" 'for' 'secret' && opens "$4" 'for' "$1"
}

sealing_twice_differs() {
	seal sealer measurement a b && cp "$dir/blob" "$dir/blob1" &&
		seal sealer measurement a b && ! cmp -s "$dir/blob" "$dir/blob1"
}

blob_hides_the_secret() {
	seal sealer measurement a 'a-rather-long-secret' &&
		! grep -q 'rather-long' "$dir/blob"
}

# Change the byte at an offset of $dir/good; the result is $dir/blob.
flip() {	# offset
	cp "$dir/good" "$dir/blob"
	old=$(dd if="$dir/good" bs=1 skip="$1" count=1 2>/dev/null |
		od -An -tu1 | tr -d ' ')
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\$(printf %o $((old ^ 1)))" |
		dd of="$dir/blob" bs=1 seek="$1" conv=notrunc 2>/dev/null
}

each_part_is_authenticated() {
	seal sealer measurement 'for' 'secret' && mv "$dir/blob" "$dir/good" ||
		return 1
	for part in 0:EFORMAT 8:EFORMAT 12:EALTERED 16:EFORMAT 20:EFORMAT \
			24:EROOT 40:EFOREIGN 56:EALTERED 88:EALTERED \
			93:EALTERED 94:EALTERED 109:EALTERED; do
		flip "${part%:*}"
		opens sealer 'for' "${part#*:}" || {
			echo "at ${part%:*}"
			return 1
		}
	done
}

no_part_may_be_missing() {
	for size in 0 1 87 88 103 104 109; do
		head -c "$size" "$dir/good" >"$dir/blob"
		opens sealer 'for' EFORMAT || return 1
	done
	{ cat "$dir/good" && printf x; } >"$dir/blob"
	opens sealer 'for' EFORMAT
}

bytes_of() {	# size
	head -c "$1" /dev/zero | tr '\0' x
}

size_has_a_limit() {
	sealed_opens sealer measurement "$(bytes_of 2000)" "$(bytes_of 30000)" \
		sealer &&
		says EINVAL sealer seal measurement "$(bytes_of 2001)" \
			"$(bytes_of 30000)"
}

room_is_checked() {
	says ESIZE sealer seal measurement a secret 109 &&
		with sealer seal measurement a secret 110 >"$dir/blob" &&
		says ESIZE sealer unseal a 5 <"$dir/blob" &&
		says secret sealer unseal a 6 <"$dir/blob"
}

counter_counts() {
	says "0 '' 1" sealer read A && says '' sealer advance A 0 7 first &&
		says "7 'first' 1" sealer read A &&
		says EMOVED sealer advance A 0 8 again &&
		says EINVAL sealer advance A 7 7 same &&
		says EINVAL sealer advance A 7 6 back &&
		says '' sealer advance A 7 18446744073709551615 last &&
		says "18446744073709551615 'last' 1" sealer read A &&
		says "0 '' 1" sealer read B
}

counters_are_each_pals_own() {
	says "0 '' 1" sealer_twin read A && says "0 '' 1" our_sealer read A &&
		says '' our_sealer advance A 0 1 ours &&
		says "0 '' 1" their_sealer read A &&
		says "0 '' 1" our_sealer_debug read A &&
		says "1 'ours' 1" our_sealer_new read A
}

a_newer_version_closes_its_counter() {
	says '' our_sealer_new advance A 1 2 new &&
		says EVERSION our_sealer read A &&
		says EVERSION our_sealer advance A 2 3 old &&
		says "2 'new' 1" our_sealer_new read A
}

an_unsigned_pal_has_16_counters() {
	for i in $(seq 16); do
		says '' sealer_twin advance "many$i" 0 1 t || return 1
	done
	says EFULL sealer_twin advance 'one more' 0 1 t &&
		says '' sealer_twin advance many3 1 2 t
}

seal_cases() {
	claim sealed_data_opens_in_another_process \
		sealed_opens sealer measurement 'for' 'secret' sealer
	claim secret_and_associated_data_may_be_empty \
		sealed_opens sealer measurement '' '' sealer
	claim other_associated_data_does_not_open opens sealer x EALTERED
	claim sealing_twice_gives_two_blobs sealing_twice_differs
	claim the_blob_hides_the_secret blob_hides_the_secret
	claim each_part_of_a_blob_is_authenticated each_part_is_authenticated
	claim no_part_of_a_blob_may_be_missing no_part_may_be_missing
	claim sizes_have_a_limit size_has_a_limit
	claim too_little_room_is_told room_is_checked
	claim an_unsigned_pal_has_no_signer_to_seal_to \
		says EUNSIGNED sealer seal signer a b
	claim another_measurement_does_not_open \
		sealed_is_refused EFOREIGN sealer measurement sealer_twin
	claim a_signature_does_not_change_the_measurement \
		sealed_opens sealer measurement 'for' 'secret' our_sealer
	claim an_update_opens_what_was_sealed_before \
		sealed_opens our_sealer signer 'for' 'secret' our_sealer_new
	claim an_update_has_another_measurement \
		sealed_is_refused EFOREIGN our_sealer measurement our_sealer_new
	claim an_older_version_does_not_open_newer_data \
		sealed_is_refused EVERSION our_sealer_new signer our_sealer
	claim another_signer_does_not_open \
		sealed_is_refused EFOREIGN our_sealer signer their_sealer
	claim an_unsigned_twin_does_not_open \
		sealed_is_refused EFOREIGN our_sealer signer sealer
	claim a_debug_pal_does_not_open \
		sealed_is_refused EFOREIGN our_sealer signer our_sealer_debug
	claim what_a_debug_pal_seals_opens_nowhere_else \
		sealed_is_refused EFOREIGN our_sealer_debug signer our_sealer
	claim a_counter_counts counter_counts
	claim counters_are_each_pals_own counters_are_each_pals_own
	claim a_newer_version_closes_its_counter \
		a_newer_version_closes_its_counter
	claim an_unsigned_pal_has_16_counters an_unsigned_pal_has_16_counters
	claim threads_seal_at_once with sealer work 20 4
}
