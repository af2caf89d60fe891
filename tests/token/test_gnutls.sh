#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# GnuTLS' p11tool and certtool, and p11-kit with a module file.

. /in/token/lib.sh

token=gnutls
export GNUTLS_PIN=$pin GNUTLS_SO_PIN=$so_pin
key='pkcs11:token=gnutls;object=ca;type=private'
public='pkcs11:token=gnutls;object=ca;type=public'

p11() {
	p11tool --provider "$pkcs11" --batch "$@"
}

generates() {	# label, type, size...
	label=$1 type=$2
	shift 2
	p11 --login --generate-privkey="$type" "$@" --label "$label" \
		--outfile "$label.pub" "pkcs11:token=$token"
}

makes_a_certificate() {
	cat >template <<-END
		cn = "ca"
		ca
		cert_signing_key
		expiration_days = 30
	END
	certtool --provider "$pkcs11" --generate-self-signed \
		--load-privkey "$key" --load-pubkey "$public" \
		--template template --outfile ca.pem &&
	certtool --verify --load-ca-certificate ca.pem --infile ca.pem
}

certificate_is_stored() {
	p11 --login --write --load-certificate ca.pem --label ca \
		"pkcs11:token=$token" &&
	p11 --list-all-certs "pkcs11:token=$token" | grep -i 'label: ca'
}

objects_are_listed() {
	p11 --login --list-all "pkcs11:token=$token" >list &&
		grep -i 'private key' list && grep -i 'label: ca' list
}

module_is_listed() {
	mkdir -p /etc/pkcs11/modules
	sed "s|@MODULE@|$pkcs11|" "$token_tests/palisade.module" \
		>/etc/pkcs11/modules/palisade.module
	# "palisade: PATH", and of p11-kit 0.25 on "module: palisade".
	p11-kit list-modules >modules &&
		grep -A6 -E '^(module: )?palisade' modules &&
		sed -nE '/^(module: )?palisade/,/^[a-z]/p' modules |
		grep "token: $token"
}

claim a_token_is_made new_token $token
claim the_token_is_listed eval "p11 --list-tokens | grep 'token=gnutls'"
claim p11tool_generates_ec generates ca ecdsa --curve secp256r1
[ -z "$is_long" ] ||
	claim p11tool_generates_rsa generates rsa rsa --bits 2048
claim objects_are_listed objects_are_listed
claim certtool_signs_a_certificate makes_a_certificate
claim p11tool_stores_a_certificate certificate_is_stored
claim p11_kit_lists_the_module_and_its_token module_is_listed
exit 0
