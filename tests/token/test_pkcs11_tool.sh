#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# OpenSC's pkcs11-tool: its own test, and keys of every type.

. /in/token/lib.sh

token=tool
sizes=2048
[ -z "$is_long" ] || sizes='2048 3072 4096'

tests_itself() {
	as_user $token --test >"$work/test.log" 2>&1
	status=$?
	tail -n 30 "$work/test.log"
	[ "$status" = 0 ] && grep -q 'No errors' "$work/test.log"
}

# Not by pkcs11-tool: OpenSC 0.23 cannot read points of P-384.
public_key() {	# id
	GNUTLS_PIN=$pin p11tool --provider "$pkcs11" --batch --outfile "public-$1" \
		--export-pubkey "pkcs11:token=$token;id=%$1;type=public"
}

signs_with() {	# id mechanism: and OpenSSL, which has the public key, agrees
	head -c 1000 /dev/urandom >data
	as_user $token --sign --id "$1" --mechanism "$2" --signature-format \
		openssl --input-file data --output-file "signature-$1" &&
	public_key "$1" &&
	OPENSSL_CONF=/dev/null openssl dgst -sha256 -verify "public-$1" \
		-signature "signature-$1" data
}

secret_key_works() {
	as_user $token --keygen --key-type AES:32 --id a1 --label aes &&
	head -c 4096 /dev/urandom >plain &&
	as_user $token --encrypt --id a1 --mechanism AES-CBC-PAD \
		--iv 000102030405060708090a0b0c0d0e0f --input-file plain \
		--output-file cipher &&
	as_user $token --decrypt --id a1 --mechanism AES-CBC-PAD \
		--iv 000102030405060708090a0b0c0d0e0f --input-file cipher \
		--output-file again &&
	cmp plain again && ! cmp -s plain cipher
}

secret_keys_of_all_types_are_generated() {
	for type in AES:16 AES:24 GENERIC:64; do
		as_user $token --keygen --key-type $type --id b1 \
			--label secret || return 1
	done
	as_user $token --list-objects --type secrkey --id b1 >list
	for length in 16 24 64; do
		grep -q "length $length\b" list || return 1
	done
}

digests_agree() {
	head -c 100000 /dev/urandom >long &&
	tool --token-label $token --hash --mechanism SHA384 --input-file long \
		--output-file digest &&
	OPENSSL_CONF=/dev/null openssl dgst -sha384 -binary long | cmp - digest
}

no_private_part_comes_out() {
	as_user $token --list-objects --type privkey --id 21 | grep rsa2048 &&
	! { as_user $token --read-object --type privkey --id 21 \
		--output-file private && [ -s private ]; }
}

attributes_tell_the_truth() {
	as_user $token --list-objects --type privkey >list
	grep -q 'sensitive' list && grep -q 'always sensitive' list &&
		grep -q 'never extractable' list && grep -q local list
}

wrong_pin_is_refused() {
	! tool --token-label $token --login --pin 00000 --list-objects \
		>refused 2>&1 && grep -q CKR_PIN_INCORRECT refused
}

key_is_destroyed() {
	as_user $token --delete-object --type secrkey --id a1 &&
	! as_user $token --list-objects --type secrkey | grep -q aes
}

claim a_token_is_made new_token $token
claim the_token_is_listed eval "tool --list-slots | grep -q 'token label.*$token'"
id=20
for size in $sizes; do
	id=$((id + 1))
	claim "rsa_${size}_is_generated" new_pair $token rsa:$size rsa$size $id
	claim "rsa_${size}_signs" signs_with $id SHA256-RSA-PKCS
done
id=30
for curve in prime256v1 secp384r1 secp521r1; do
	id=$((id + 1))
	claim "${curve}_is_generated" new_pair $token EC:$curve ec$id $id
	claim "${curve}_signs" signs_with $id ECDSA-SHA256
done
claim a_secret_key_encrypts secret_key_works
claim secret_keys_of_all_types_are_generated \
	secret_keys_of_all_types_are_generated
claim digests_are_those_of_openssl digests_agree
claim private_keys_tell_the_truth_of_themselves attributes_tell_the_truth
claim no_private_part_comes_out no_private_part_comes_out
claim a_wrong_pin_is_refused wrong_pin_is_refused
claim a_key_can_be_destroyed key_is_destroyed
claim pkcs11_tool_tests_it_without_errors tests_itself
exit 0
