# SPDX-License-Identifier: BSD-2-Clause
#
# For the test_*.sh here, which use a PKCS#11 module through programs of others.
# Sourced; the programs' root is /, and the variables are suite.sh's:
#
#   pkcs11    the module under test
#   is_long   not empty: `make token-test-long`, everything
#   is_softhsm  not empty: to see that the tests themselves are right

. /usr/lib/palisade/tests/lib.sh

token_tests=/in/token
pin=73541
so_pin=87654321
work=/tmp/${0##*/}
rm -rf "$work"
mkdir -p "$work"
cd "$work" || exit 1
printf %s "$pin" >/tmp/pin
printf %s "$so_pin" >/tmp/so-pin

if [ -n "$is_softhsm" ]; then
	export SOFTHSM2_CONF=/tmp/softhsm.conf
	mkdir -p /tmp/softhsm
	echo 'directories.tokendir = /tmp/softhsm' >$SOFTHSM2_CONF
fi

# Few rounds of the PINs' hash: an emulator is slow, and it is not the matter.
new_token() {	# label
	if [ -n "$is_softhsm" ]; then
		softhsm2-util --init-token --free --label "$1" --pin "$pin" \
			--so-pin "$so_pin"
	else
		pal token init --rounds 1000 --pin-file /tmp/pin \
			--so-pin-file /tmp/so-pin "$1"
	fi
}

tool() {	# arguments of pkcs11-tool
	pkcs11-tool --module "$pkcs11" "$@"
}

as_user() {	# token, arguments of pkcs11-tool
	label=$1
	shift
	tool --token-label "$label" --login --pin "$pin" "$@"
}

# Key pair $3 of type $2 in token $1, with the number $4.
new_pair() {
	as_user "$1" --keypairgen --key-type "$2" --label "$3" --id "$4" \
		--usage-sign
}

# What OpenSSL's engine and nginx read; $1: more lines of the engine's section.
write_openssl_conf() {
	cat >"$work/openssl.cnf" <<-END
		openssl_conf = openssl_init
		[openssl_init]
		engines = engine_section
		[engine_section]
		pkcs11 = pkcs11_section
		[pkcs11_section]
		engine_id = pkcs11
		MODULE_PATH = $pkcs11
		PIN = $pin
		init = 1
		[req]
		distinguished_name = name
		[name]
	END
	export OPENSSL_CONF="$work/openssl.cnf"
}

# Wait until the command succeeds; no clock, for machines are slow.
wait_for() {	# command...
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || return 1
		sleep 0.2
	done
}

is_listening() {	# port
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}
