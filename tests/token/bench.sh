# SPDX-License-Identifier: BSD-2-Clause
#
# The scenario of make token-bench: signatures with the token, with SoftHSM2 and
# with OpenSSL's own keys, in one guest.  With vm --icount a nanosecond is an
# instruction.
#
# Usage: bench.sh [THREADS...]		1 by default

. /in/token/enter.sh

measure() {	# name, module, kind, threads, count
	printf '%s %s %s ' "$1" "$3" "$4"
	in_disk -c ". /in/token/lib.sh; /in/token/run_bench $2 bench $pin_ \
		$3 $4 $5"
}

# From the signatures a second of `openssl speed`, last but one of its line;
# its seconds have too few digits.  It has processes for threads.
openssl_speed() {	# algorithm, kind, threads
	multi="-multi $3"
	[ "$3" -gt 1 ] || multi=
	in_disk -c "openssl speed -elapsed -seconds 1 $multi $1 2>/dev/null" |
		awk -v words="openssl $2 $3" '/^rsa 2048|nistp256/ {
			printf "%s %d\n", words, 1e9 / $(NF - 1)
		}'
}

pin_=73541
ours=/usr/lib/pkcs11/libpalisade-pkcs11.so
soft=/usr/lib/softhsm/libsofthsm2.so
[ $# -gt 0 ] || set -- 1
enter_disk && install_ours && insmod "$module" && enable_owned >/dev/null &&
	open_device || exit 1
in_disk -c '. /in/token/lib.sh; new_token bench >/dev/null' || exit 1
is_softhsm=yes
in_disk -c '. /in/token/lib.sh; new_token bench >/dev/null' || exit 1
for threads; do
	for kind in rsa ec; do
		measure softhsm $soft $kind "$threads" 20
	done
done
is_softhsm=
for threads; do
	for kind in rsa ec call; do
		measure palisade $ours $kind "$threads" 20
	done
done
for threads; do
	openssl_speed rsa2048 rsa "$threads"
	openssl_speed ecdsap256 ec "$threads"
done
exit 0
