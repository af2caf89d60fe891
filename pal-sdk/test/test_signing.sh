#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Signing and policies as people use them: pal keygen, sign, digest, verify and
# policy beside openssl, and the notary's image in the simulator.
#
# Usage: test_signing.sh BUILD

set -u
build=$1
pal=$build/pal-sdk/pal
image=$build/examples/hello/hello.pal
. pal-sdk/test/tap.sh

# The same for what succeeds without a word.
quiet() {	# claim command...
	claim=$1
	shift
	"$@" >"$dir/out" 2>"$dir/err" </dev/null && [ ! -s "$dir/out" ] &&
		[ ! -s "$dir/err" ]
	result $? "$claim"
}

# The notary's image, in the simulator.
notary() {	# image [policy]
	PAL_BACKEND=sim PAL_SIM_QUIET=1 "$build/pal-sdk/test/sim_notary" \
		"$build/crypto/notary/notary.pal" "$@"
}

# The file with the byte at this offset changed.
tamper() {	# in offset out
	cp "$1" "$3"
	byte=$(od -An -tu1 -j"$2" -N1 "$1")
	printf "\\$(printf %03o $(((byte + 1) % 256)))" |
		dd of="$3" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

for command in keygen digest sign verify policy 'policy compile' 'policy show'
do
	expect "help_of_${command% *}${command#policy}" 0 \
		"usage: pal $command" $pal $command --help
	expect "wrong_option_of_${command% *}${command#policy}" 2 'pal: ' \
		$pal $command --nonsense
done

# --- Keys ---
for curve in p256 p384; do
	expect keygen_$curve 0 '' \
		$pal keygen -c $curve -o "$dir/$curve.pem" -p "$dir/$curve.pub"
	[ "$(stat -c %a "$dir/$curve.pem")" = 600 ]
	result $? only_the_owner_reads_a_$curve
	expect openssl_reads_a_$curve 0 "${curve#p} bit" \
		openssl pkey -in "$dir/$curve.pem" -noout -text
	openssl pkey -in "$dir/$curve.pem" -pubout >"$dir/out"
	cmp -s "$dir/out" "$dir/$curve.pub"
	result $? openssl_has_the_same_public_key_$curve
done
cp "$dir/p384.pem" "$dir/kept.pem"
expect keygen_overwrites_nothing 1 'exists already' \
	$pal keygen -o "$dir/p384.pem"
cmp -s "$dir/p384.pem" "$dir/kept.pem"
result $? the_key_is_still_there
expect keygen_writes_both_or_none 1 'exists already' \
	$pal keygen -o "$dir/new.pem" -p "$dir/p384.pub"
[ ! -e "$dir/new.pem" ]
result $? no_half_pair_is_left
expect keygen_overwrites_when_told 0 '' $pal keygen -f -o "$dir/kept.pem"
expect keygen_needs_a_place 2 '-o' $pal keygen
expect keygen_names_the_curves 2 "'p521'" $pal keygen -c p521 -o "$dir/x"

# --- Signing ---
expect an_unsigned_image_is_told 1 'not signed' $pal verify "$image"
for curve in p256 p384; do
	quiet sign_$curve \
		$pal sign -k "$dir/$curve.pem" -o "$dir/$curve.pal" "$image"
	expect verify_$curve 0 "P-${curve#p}" $pal verify "$dir/$curve.pal"
	expect verify_by_key_$curve 0 'good' \
		$pal verify -p "$dir/$curve.pub" "$dir/$curve.pal"
done
expect another_key_is_told 1 'another key' \
	$pal verify -p "$dir/p256.pub" "$dir/p384.pal"
$pal sign -k "$dir/p384.pem" -o "$dir/again.pal" "$dir/p256.pal"
cmp -s "$dir/again.pal" "$dir/p384.pal"
result $? signing_replaces_a_signature_and_repeats_itself
cp "$image" "$dir/place.pal"
quiet sign_in_place $pal sign -k "$dir/p384.pem" "$dir/place.pal"
cmp -s "$dir/place.pal" "$dir/p384.pal"
result $? signing_in_place_gives_the_same
[ "$($pal measure "$dir/p384.pal")" = "$($pal measure "$image")" ]
result $? a_signature_changes_no_measurement
expect inspect_shows_the_signature 0 'signature         good' \
	$pal inspect "$dir/p384.pal"
$pal inspect -j "$dir/p384.pal" | python3 -m json.tool >"$dir/out" 2>"$dir/err"
result $? inspect_prints_json_of_a_signature
$pal verify -j "$dir/p384.pal" | python3 -m json.tool >"$dir/out" 2>"$dir/err"
result $? verify_prints_json

# --- Keys elsewhere ---
$pal digest --raw "$image" >"$dir/digest"
[ "$(od -An -v -tx1 "$dir/digest" | tr -d ' \n')" = "$($pal digest "$image")" ]
result $? digest_is_the_same_raw
for curve in p256 p384; do
	openssl pkeyutl -sign -inkey "$dir/$curve.pem" -in "$dir/digest" \
		-out "$dir/$curve.der"
	quiet a_signature_of_openssl_is_taken_$curve $pal sign \
		-s "$dir/$curve.der" -p "$dir/$curve.pub" -o "$dir/x.pal" "$image"
	expect a_signature_of_openssl_is_good_$curve 0 'good' \
		$pal verify -p "$dir/$curve.pub" "$dir/x.pal"
done
expect a_signature_for_another_image_is_refused 1 'does not fit' $pal sign \
	-s "$dir/p384.der" -p "$dir/p384.pub" -o "$dir/no.pal" \
	"$build/crypto/notary/notary.pal"
expect a_signature_by_another_curve_is_refused 1 'pal: ' $pal sign \
	-s "$dir/p384.der" -p "$dir/p256.pub" -o "$dir/no.pal" "$image"
bytes=0
while [ $bytes -lt "$(stat -c %s "$dir/p256.der")" ]; do
	head -c $bytes "$dir/p256.der" >"$dir/cut.der"
	$pal sign -s "$dir/cut.der" -p "$dir/p256.pub" -o "$dir/no.pal" \
		"$image" >"$dir/out" 2>"$dir/err"
	[ $? = 1 ] && grep -q DER "$dir/err" || break
	bytes=$((bytes + 1))
done
[ $bytes = "$(stat -c %s "$dir/p256.der")" ]
result $? a_cut_off_signature_is_refused_at_every_length
(cat "$dir/p256.der"; printf x) >"$dir/long.der"
expect bytes_behind_a_signature_are_refused 1 'DER' $pal sign \
	-s "$dir/long.der" -p "$dir/p256.pub" -o "$dir/no.pal" "$image"
expect a_key_or_a_signature_is_wanted 2 'either' $pal sign "$image"
[ ! -e "$dir/no.pal" ]
result $? what_is_refused_is_not_written

# --- Wrong keys ---
wrong_key() {	# claim words file
	expect "$1" 1 "$2" $pal sign -k "$3" -o "$dir/no.pal" "$image"
}
openssl genrsa -out "$dir/rsa.pem" 2048 2>/dev/null
for curve in secp521r1 secp256k1; do
	openssl ecparam -name $curve -genkey -out "$dir/$curve.pem"
	wrong_key wrong_curve_$curve 'not P-256 or P-384' "$dir/$curve.pem"
done
openssl pkey -in "$dir/p256.pem" -aes256 -passout pass:x -out "$dir/locked.pem"
openssl pkey -in "$dir/p256.pem" -outform der -out "$dir/p256.key.der"
openssl pkey -in "$dir/p256.pem" -out "$dir/pkcs8.pem"
wrong_key an_rsa_key_is_refused 'no EC key' "$dir/rsa.pem"
wrong_key an_encrypted_key_is_refused 'encrypted' "$dir/locked.pem"
wrong_key a_public_key_does_not_sign 'public key' "$dir/p256.pub"
wrong_key a_file_that_is_no_key_is_refused 'no key' Makefile
: >"$dir/empty"
wrong_key an_empty_key_file_is_refused 'no key' "$dir/empty"
wrong_key a_missing_key_is_told 'No such file' "$dir/nowhere"
sed '2s/./!/' "$dir/p256.pem" >"$dir/damaged.pem"
wrong_key a_damaged_pem_is_refused 'damaged' "$dir/damaged.pem"
head -n 2 "$dir/p256.pem" >"$dir/cut.pem"
wrong_key a_cut_off_pem_is_refused 'damaged' "$dir/cut.pem"
quiet a_der_key_signs \
	$pal sign -k "$dir/p256.key.der" -o "$dir/x.pal" "$image"
quiet a_pkcs8_key_signs \
	$pal sign -k "$dir/pkcs8.pem" -o "$dir/x.pal" "$image"

# --- Altered images ---
size=$(stat -c %s "$image")
tamper "$dir/p384.pal" $((size - 4000)) "$dir/altered.pal"
expect an_altered_image_is_refused 1 'wrong' $pal verify "$dir/altered.pal"
tamper "$dir/p384.pal" $((size + 150)) "$dir/altered.pal"
expect an_altered_signature_is_refused 1 'wrong' $pal verify "$dir/altered.pal"
tamper "$dir/p384.pal" $((size + 4095)) "$dir/altered.pal"
expect a_malformed_page_is_refused 1 'malformed' $pal verify "$dir/altered.pal"
head -c $((size + 100)) "$dir/p384.pal" >"$dir/altered.pal"
expect a_cut_off_page_is_refused 1 'malformed' $pal verify "$dir/altered.pal"
expect a_cut_off_page_is_not_replaced 1 'no signature' \
	$pal sign -k "$dir/p384.pem" "$dir/altered.pal"
tamper "$image" 8 "$dir/altered.pal"
expect a_broken_header_is_not_signed 1 'format version' \
	$pal sign -k "$dir/p384.pem" "$dir/altered.pal"

# --- Policies ---
mkdir "$dir/etc"
cp "$dir/p384.pub" "$dir/etc/build.pem"
compile() {	# text...
	printf '%s\n' "$@" >"$dir/etc/p.conf"
	$pal policy compile "$dir/etc/p.conf" -o "$dir/p.bin"
}
quiet a_policy_compiles compile '# ours' 'mode certified listed' \
	'allow debug' 'require dma-protection' 'forbid unload' \
	'max-memory 64M' 'flush none' 'authority build build.pem' \
	"pal hello signer build measurement $($pal measure "$image")" \
	'pal hello min-version 7' 'pal other max-memory 4K' 'call hello other' \
	'call other other'
$pal policy show "$dir/p.bin" >"$dir/shown.conf"
$pal policy compile "$dir/shown.conf"
cmp -s "$dir/shown.bin" "$dir/p.bin"
result $? what_show_prints_compiles_to_the_same
$pal policy show -j "$dir/p.bin" | python3 -m json.tool >"$dir/out" 2>"$dir/err"
result $? show_prints_json
expect the_policy_lets_its_pal_run 0 'rule              0' \
	$pal verify -P "$dir/p.bin" "$dir/p384.pal"
$pal verify -j -P "$dir/p.bin" "$dir/p384.pal" | python3 -m json.tool \
	>"$dir/out" 2>"$dir/err"
result $? verify_prints_json_of_a_policy
expect a_foreign_signature_is_refused 1 'no authority' \
	$pal verify -P "$dir/p.bin" "$dir/p256.pal"
expect a_missing_signature_is_refused 1 'not signed' \
	$pal verify -P "$dir/p.bin" "$image"
expect a_policy_must_be_one 1 'not a policy' $pal verify -P Makefile "$image"
expect an_empty_policy_is_none 1 'not a policy' $pal verify -P "$dir/empty" \
	"$image"
expect an_error_has_its_place 1 "p.conf:2:7: 'everything': expected debug" \
	compile 'mode measured' 'allow everything'
expect a_missing_key_file_is_named 1 "p.conf:1:13: $dir/etc/no.pem: No such" \
	compile 'authority a no.pem'
for keyword in 'mod measured' 'Allow debug' 'authorities a' 'p\351l x'; do
	expect "an_unknown_keyword_has_its_place: $keyword" 1 \
		'p.conf:2:' compile 'mode measured' \
		"  $(printf "$keyword")"
done
expect and_what_was_expected 1 "p.conf:3:3: 'mod': expected mode, allow, " \
	compile '# ours' '' '  mod measured'
expect a_mere_name_with_rights_is_warned_of 0 \
	"p.conf:2: warning: anybody's PAL that is named 'vault' may run" \
	compile 'mode listed' 'pal vault'
cp "$dir/p384.pem" "$dir/etc/private.pem"
expect a_private_key_is_no_authority 1 'private key' \
	compile 'authority a private.pem'
cp "$dir/rsa.pem" "$dir/etc/rsa.pem"
expect an_rsa_key_is_no_authority 1 'p.conf:1:13' compile 'authority a rsa.pem'

# --- The notary's image ---
notary "$image" >"$dir/out" 2>"$dir/err"
[ "$(sed -n 's/measurement //p' "$dir/out")" = "$($pal measure "$image")" ]
result $? the_notary_measures_as_pal_does
[ "$(sed -n 's/measurement //p' "$dir/out")" = \
	"$(sha384sum <"$image" | cut -d' ' -f1)" ]
result $? the_notary_measures_as_sha384sum_does
compile 'mode certified' 'authority build build.pem' \
	'pal hello min-version 0' 'pal sign min-version 1'
expect the_notary_accepts_what_is_signed 0 'flags 2' \
	notary "$dir/p384.pal" "$dir/p.bin"
expect the_notary_accepts_p256_without_policy 0 'flags 0' notary "$dir/p256.pal"
expect the_notary_refuses_the_unsigned 1 'refused -3' \
	notary "$image" "$dir/p.bin"
expect the_notary_refuses_the_foreign 1 'refused -6' \
	notary "$dir/p256.pal" "$dir/p.bin"
tamper "$dir/p384.pal" $((size - 4000)) "$dir/altered.pal"
expect the_notary_refuses_the_altered 1 'refused -5' \
	notary "$dir/altered.pal" "$dir/p.bin"
tamper "$dir/p384.pal" $((size + 24)) "$dir/altered.pal"
expect the_notary_refuses_the_malformed 1 'refused -4' notary "$dir/altered.pal"
$pal sign -k "$dir/p384.pem" -o "$dir/sign.pal" "$build/examples/sign/sign.pal"
expect the_notary_refuses_the_old 1 'refused -7' \
	notary "$dir/sign.pal" "$dir/p.bin"
expect the_notary_refuses_a_wrong_policy 1 'refused -2' notary "$image" Makefile
(cat "$image"; head -c 4096 /dev/urandom) >"$dir/x.pal"
expect the_notary_survives_noise 1 'refused -4' notary "$dir/x.pal"

finish
