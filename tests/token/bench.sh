# SPDX-License-Identifier: BSD-2-Clause
#
# The scenario of token_bench.py: signatures with the token, with SoftHSM2 and
# with OpenSSL's own keys, in one guest.  With vm --icount a nanosecond is an
# instruction.
#
# Usage: bench.sh counted		all, from one thread
#        bench.sh threads COUNT...	signatures, from so many threads, which
#					are kept off CPU 0; three rounds

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

# With each module.
signatures() {	# threads, count
	is_softhsm=yes
	measure softhsm $soft rsa "$1" "$2"
	measure softhsm $soft ec "$1" "$2"
	is_softhsm=
	measure palisade $ours rsa "$1" "$2"
	measure palisade $ours ec "$1" "$2"
	openssl_speed rsa2048 rsa "$1"
	openssl_speed ecdsap256 ec "$1"
}

handshakes() {	# name, of whom
	for kind in rsa ec; do
		printf '%s nginx-%s 1 ' "$1" $kind
		in_disk /in/token/bench_nginx.sh "$2" $kind 12
	done
}

# RSA's primes are found by chance: the mean of some.
counted() {
	measure palisade $ours call 1 100
	for kind in rsa ec; do
		measure palisade $ours make-$kind 1 4
	done
	handshakes palisade ours
	handshakes openssl file
	is_softhsm=yes
	for kind in rsa ec; do
		measure softhsm $soft make-$kind 1 4
	done
	handshakes softhsm softhsm
	is_softhsm=
	signatures 1 20
}

pin_=73541
ours=/usr/lib/pkcs11/libpalisade-pkcs11.so
soft=/usr/lib/softhsm/libsofthsm2.so
enter_disk && install_ours && insmod "$module" && enable_owned >/dev/null &&
	open_device || exit 1
in_disk -c '. /in/token/lib.sh; new_token bench >/dev/null' || exit 1
is_softhsm=yes
in_disk -c '. /in/token/lib.sh; new_token bench >/dev/null' || exit 1
is_softhsm=
case $1 in
counted)
	counted
	;;
threads)
	shift
	taskset -p "$(printf %x $(((1 << $(nproc)) - 2)))" $$ >/dev/null
	for _ in 1 2 3; do
		for threads; do
			signatures "$threads" $((32 / threads))
		done
	done
	;;
esac
exit 0
