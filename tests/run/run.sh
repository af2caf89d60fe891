#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# make run: sign a file in a guest under the hypervisor, verify the signature
# here, watch attacks fail, and tell all that in plain words.  Exit status 0
# only if everything held.
#
# Usage: RUN_FILE=FILE tests/run/run.sh [check|unprotected|altered]
#
# With "check" it only judges the file.  The other words make it fail, for
# test.sh: an attack meets ordinary memory; the signature is of another file.
# RUN_BOOT: grub or uefi, to have the hypervisor before Linux, by GRUB.
# RUN_CPUS is the number of CPUs; RUN_KERNEL and RUN_VM replace the guest's kernel and the program that runs it.

set -u
cd "$(dirname "$0")/../.." || exit 1

file=${RUN_FILE-/etc/os-release}
spoil=${1-}
kernel=${RUN_KERNEL:-6.1}
boot=${RUN_BOOT:-kernel}
cpus=${RUN_CPUS:-2}
vm=${RUN_VM:-tests/guest/vm}
log=build/run/console.log

# Each must be reported as held.
attempts='module_reads_hypervisor module_writes_hypervisor dev_mem_hypervisor
	kcore_hypervisor mapping_hypervisor module_reads_pal module_writes_pal
	dev_mem_pal kcore_pal mapping_pal module_searches_secret pal_goes_on
	linux_goes_on'

bold= plain=
[ -t 1 ] && bold=$(printf '\033[1m') plain=$(printf '\033[0m')

folder=
guest=
finish() {
	[ -z "$guest" ] || kill "$guest" 2>/dev/null
	[ -z "$folder" ] || rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

fail() {
	echo "make run: $*" >&2
	exit 1
}

head_line() {
	printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}

judge_words() {
	case $boot in
	kernel | grub | uefi) ;;
	*) fail "BOOT=${boot@Q}: it is grub or uefi, or nothing at all" ;;
	esac
	[[ $cpus =~ ^[1-9][0-9]?$ ]] ||
		fail "CPUS=${cpus@Q}: a number from 1 to 16 is wanted"
}

judge_file() {
	local shown=${file@Q}

	[ -n "$file" ] || fail 'FILE= names no file; try make run FILE=README.md'
	[ -e "$file" ] || fail "there is no file $shown"
	[ ! -d "$file" ] || fail "$shown is a directory; name a file"
	[ -f "$file" ] || fail "$shown is not an ordinary file"
	[ -r "$file" ] || fail "$shown is not readable for $(id -un)"
}

# A copy, so that what is signed is what is verified, whatever its name is.
take_file() {
	local problem

	judge_file
	problem=$(cat -- "$file" 2>&1 >"$folder/file") ||
		fail "cannot copy ${file@Q}: ${problem##*: }"
}

verify() {
	printf '%s' "$signature" | sed 's/../\\x&/g' >"$folder/escaped"
	printf '%b' "$(cat "$folder/escaped")" >"$folder/signature"
	printf '%s' "$key" >"$folder/key.pem"
	[ "$spoil" != altered ] || printf '\1' >>"$folder/file"
	head_line 'Verifying here, outside the guest'
	echo '  openssl dgst -sha256 -verify build/run/key.pem' \
		'-signature build/run/signature FILE'
	cp "$folder/signature" "$folder/key.pem" build/run
	verdict=$(openssl dgst -sha256 -verify "$folder/key.pem" \
		-signature "$folder/signature" "$folder/file" 2>&1)
	verified=$?
	echo "  $(head -n 1 <<<"$verdict")"
	[ "$verdict" = 'Verified OK' ] || verified=1
}

# One line of the guest's.
tell() {
	local rest=${1#* }

	case $1 in
	'@linux '*)
		head_line "Linux ${rest% *} on ${rest#* } CPUs, in an emulated" \
			'AMD machine' ;;
	'@launch '*)
		echo "  $rest" ;;
	'@measurement '*)
		head_line "Signing ${file@Q} ($(stat -c %s "$folder/file") bytes)" \
			'with a key made inside a PAL'
		echo '  PAL measurement (SHA-384 of its image):'
		fold -w 64 <<<"$rest" | sed 's/^/    /' ;;
	'@signature '*)
		signature=$rest
		echo '  Signature (ECDSA P-256 over SHA-256):'
		fold -w 64 <<<"$rest" | sed 's/^/    /' ;;
	'@key '*)
		key+=$rest$'\n'
		[ "$rest" != '-----BEGIN PUBLIC KEY-----' ] ||
			echo '  Public key:'
		echo "    $rest"
		[ "$rest" != '-----END PUBLIC KEY-----' ] || {
			verify
			head_line 'Attacks, while a PAL holds a secret'
		} ;;
	'@held '*)
		held+=" ${rest%% *}"
		echo "  held: ${rest#* }" ;;
	'@broken '*)
		broken=${rest#* }
		echo "  BROKEN: $broken" ;;
	'@failed '*)
		failed=$rest ;;
	*)
		echo "  $1" ;;
	esac
}

judge() {
	local name

	[ -z "$broken" ] || fail "an attack got through: $broken"
	[ -z "$failed" ] || fail "$failed"
	[ "$status" = 0 ] || fail "the guest failed (status $status); see $log"
	[ -n "$signature" ] && [ -n "$key" ] || fail "no signature came; see $log"
	[ "$verified" = 0 ] || fail 'the signature is not good'
	for name in $attempts; do
		[[ " $held " = *" $name "* ]] ||
			fail "the attack $name was not reported"
	done
}

judge_words
[ "$spoil" != check ] || {
	judge_file
	exit 0
}
mkdir -p build/run || fail 'cannot write to build/; whose is it?'
folder=$(mktemp -d build/run/tmp.XXXXXX) || fail 'cannot write to build/run'
take_file

signature= key= held= broken= failed= verified=1 status=
exec {lines}< <(
	"$vm" --kernel "$kernel" --boot "$boot" --cpus "$cpus" --log "$log" --timeout 900 \
		--in "$folder/file" tests/run/scenario.sh \
		${spoil:+"$spoil"} 2>"$folder/errors"
	echo "@status $?"
)
guest=$!
while IFS= read -r line <&"$lines"; do
	case $line in
	'@status '*) status=${line#* } ;;
	*) tell "$line" ;;
	esac
done
guest=
[ "$status" = 0 ] || cat "$folder/errors" >&2
echo
judge
echo "${bold}Everything held:$plain the signature is good, the private key" \
	'and the hypervisor stayed out of reach.'
