#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# OpenSSL with the key in the token: requests, certificates, TLS.

. /in/token/lib.sh

token=openssl
key_ec='pkcs11:token=openssl;object=tls-ec;type=private'
key_rsa='pkcs11:token=openssl;object=tls-rsa;type=private'

makes_a_certificate() {	# key URI, name
	openssl req -new -engine pkcs11 -keyform engine -key "$1" \
		-subj "/CN=$2" -out "$2.csr" &&
	openssl req -in "$2.csr" -verify -noout &&
	openssl req -x509 -new -engine pkcs11 -keyform engine -key "$1" \
		-subj "/CN=$2" -days 30 -out "$2.pem" &&
	openssl verify -CAfile "$2.pem" "$2.pem"
}

shakes_hands() {	# key URI, name, s_client's options...
	port=$((port + 1))
	uri=$1 name=$2
	shift 2
	rm -f server.log
	openssl s_server -engine pkcs11 -keyform engine -key "$uri" \
		-cert "$name.pem" -accept 127.0.0.1:$port -naccept 1 -www \
		>server.log 2>&1 &
	server=$!
	wait_for grep -q ACCEPT server.log
	echo | OPENSSL_CONF=/dev/null openssl s_client \
		-connect 127.0.0.1:$port -CAfile "$name.pem" \
		-verify_return_error "$@" >client.log 2>&1
	status=$?
	grep -E 'Protocol|Verification|error' client.log
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	return $status
}

decrypts() {
	head -c 32 /dev/urandom >secret
	OPENSSL_CONF=/dev/null openssl x509 -in rsa.pem -pubkey -noout \
		>rsa.pub &&
	OPENSSL_CONF=/dev/null openssl pkeyutl -encrypt -pubin -inkey rsa.pub \
		-in secret -out hidden &&
	openssl pkeyutl -decrypt -engine pkcs11 -keyform engine \
		-inkey "$key_rsa" -in hidden -out again &&
	cmp secret again
}

provider_signs() {
	cat >provider.cnf <<-END
		openssl_conf = openssl_init
		[openssl_init]
		providers = provider_section
		[provider_section]
		default = default_section
		pkcs11 = pkcs11_section
		[default_section]
		activate = 1
		[pkcs11_section]
		module = $provider
		pkcs11-module-path = $pkcs11
		pkcs11-module-token-pin = $pin
		activate = 1
	END
	echo text >text
	OPENSSL_CONF=$work/provider.cnf openssl pkeyutl -sign -rawin \
		-digest sha256 -inkey "$key_ec" -in text -out signature &&
	OPENSSL_CONF=/dev/null openssl x509 -in ec.pem -pubkey -noout >ec.pub &&
	OPENSSL_CONF=/dev/null openssl dgst -sha256 -verify ec.pub \
		-signature signature text
}

port=4400
write_openssl_conf
claim a_token_is_made new_token $token
claim an_ec_key_is_made new_pair $token EC:prime256v1 tls-ec 01
claim an_rsa_key_is_made as_user $token --keypairgen --key-type rsa:2048 \
	--label tls-rsa --id 02
claim openssl_makes_an_ec_certificate makes_a_certificate "$key_ec" ec
claim openssl_makes_an_rsa_certificate makes_a_certificate "$key_rsa" rsa
claim tls_1_3_with_an_ec_key shakes_hands "$key_ec" ec -tls1_3
[ -z "$is_long" ] ||
	claim tls_1_3_with_an_rsa_key shakes_hands "$key_rsa" rsa -tls1_3
claim tls_1_2_with_an_rsa_key shakes_hands "$key_rsa" rsa -tls1_2
claim openssl_decrypts_with_the_rsa_key decrypts
provider=$(echo /usr/lib/*/ossl-modules/pkcs11.so)
if [ -e "$provider" ]; then
	claim the_provider_signs provider_signs
else
	skip the_provider_signs 'this release has no pkcs11-provider'
fi
exit 0
