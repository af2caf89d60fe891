#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The examples, as people use them.  Lines as in TAP.
#
# Usage: examples/test.sh sim	here, in the simulator, as anybody
#        examples/test.sh hv	in the guest, under the hypervisor
#        test.sh guest		what that runs there (not by hand)

set -u
where=${1:-sim}
count=0 failed=0

case $where in
sim)
	build=${BUILD:-build}/examples
	export PAL_BACKEND=sim PAL_SIM_QUIET=1
	unset PAL_SIM_POLICY ;;
hv)
	exec tests/guest/vm --timeout 900 examples/test.sh guest ;;
guest)
	kernel=$(uname -r | cut -d. -f1-2)
	insmod "/lib/palisade/palisade-$kernel.ko" && pal enable || exit 1 ;;
*)
	echo "usage: $0 sim|hv" >&2
	exit 2 ;;
esac
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# Run an example: its program, with its image.
example() {	# name arguments...
	name=$1
	shift
	if [ "$where" = guest ]; then
		"$name" "$@"
	else
		"$build/$name/$name" -i "$build/$name/$name.pal" "$@"
	fi
}

# The claim holds if the first two are the same.
same() {	# claim wanted got
	count=$((count + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $count - $1"
		return
	fi
	echo "not ok $count - $1"
	printf '%s\n' "wanted: $2" "got: $3" | sed 's/^/# /'
	failed=1
}

same hello_greets_and_counts "Hello Ada, you are number 1.
Hello Grace, you are number 2." "$(example hello Ada Grace 2>&1)"

head -c 100000 /dev/urandom >"$dir/file"
same sign_signs 'the private key never left the PAL.' \
	"$(example sign -o "$dir/sig" -p "$dir/key.pem" "$dir/file" 2>&1 |
		sed -n 's/^Public key.*; //p')"
if command -v openssl >/dev/null; then
	same openssl_accepts_the_signature 'Verified OK' \
		"$(openssl dgst -sha256 -verify "$dir/key.pem" \
			-signature "$dir/sig" "$dir/file" 2>&1)"
fi

same password_knows_good_from_bad 'add ada: yes
check ada: no
check ada: yes
check bob: no' "$(printf '%s\n' 'add ada horse' 'check ada donkey' \
	'check ada horse' 'check bob horse' | example password 2>&1)"
same password_locks_after_three_wrong_ones 'add ada: yes
check ada: no
check ada: no
check ada: no
check ada: locked: too many attempts' "$(printf '%s\n' 'add ada horse' \
	'check ada a' 'check ada b' 'check ada c' 'check ada horse' |
	example password 2>&1)"
same password_keeps_the_first_word 'add ada: yes
add ada: there is such a user already
check ada: yes' "$(printf '%s\n' 'add ada horse' 'add ada donkey' \
	'check ada horse' | example password 2>&1)"

example counter 500 >"$dir/counter" 2>&1
same counter_loses_no_call 'total 2000' "$(head -n 1 "$dir/counter")"
same counter_threads_add_up 2000 \
	"$(awk '/^thread/ { sum += $7 } END { print sum }' "$dir/counter")"

# Root and counters outlive a program under the hypervisor.
if [ "$where" = sim ]; then
	head -c 32 /dev/urandom >"$dir/root"
	export PAL_SIM_ROOT="$dir/root" PAL_SIM_STATE="$dir"
fi
box=$dir/box

# Open the safe with this PIN; without its name in what it says.
try() {	# PIN [FILE]
	echo "$1" | example safe open "${2:-$box}" 2>&1 | sed 's/.*box[^:]*: //'
}

# Only half of that: what a program leaves that ends before the answer.
half_try() {	# PIN
	image=/usr/lib/palisade/safe.pal
	pal=pal
	if [ "$where" = sim ]; then
		image=$build/safe/safe.pal
		pal=$build/../pal-sdk/pal
	fi
	{
		cat "$box"
		printf %s "$1"
		head -c $((32 - ${#1})) /dev/zero
	} | "$pal" run -e 1 "$image"
}

same safe_makes_a_file 'an old copy of it will be refused until the hypervisor ends' \
	"$(printf '%s\n' 1234 'in the garden' | example safe make "$box" 2>&1)"
same safe_opens_in_a_later_process 'in the garden' "$(try 1234)"
same safe_keeps_secret_and_pin_sealed 0 "$(grep -c 'garden\|1234' "$box")"
cp "$box" "$box.old"
same safe_counts_over_processes 'wrong PIN
wrong PIN' "$(try 1; try 2)"
same safe_refuses_an_old_copy 'an old copy: there is a newer one' \
	"$(try 1234 "$box.old")"
half_try 3 >"$box.half"
same safe_counts_an_attempt_without_its_answer \
	'locked: too many wrong PINs
an old copy: there is a newer one' "$(try 1234 "$box.half"; try 1234)"
printf '%s\n' 1234 'in the garden' | example safe make "$box" >/dev/null
same safe_starts_over_after_the_right_one 'wrong PIN
in the garden
wrong PIN
wrong PIN
wrong PIN
locked: too many wrong PINs' "$(try 1; try 1234; try 1; try 2; try 3; try 1234)"
printf x | dd of="$box" bs=1 seek=200 conv=notrunc 2>/dev/null
same safe_refuses_an_altered_file 'not made by this PAL, or altered' \
	"$(try 1234)"

for size in 0 1 5000000 $((64 << 20)); do
	head -c "$size" /dev/urandom >"$dir/file"
	same "xlarge_hashes_$size" "$(sha256sum <"$dir/file" | cut -d' ' -f1)" \
		"$(example xlarge <"$dir/file" 2>&1)"
done
same xlarge_streams_through_a_small_window \
	"$(head -c 3000001 "$dir/file" | sha256sum | cut -d' ' -f1)" \
	"$(head -c 3000001 "$dir/file" | example xlarge 1 2>&1)"

# It has a second PAL.
pay() {	# arguments...
	if [ "$where" = guest ]; then
		example pipeline "$@"
	else
		example pipeline "$build/pipeline/stamp.pal" "$@"
	fi
}

same pipeline_needs_the_policy \
	'Ada 50: refused: no stamp (does the policy allow the call?)' \
	"$(pay Ada 50 2>&1)"
if [ "$where" = guest ]; then
	pal disable >/dev/null
	pal enable --policy /etc/palisade/pipeline/policy.conf >/dev/null
else
	export PAL_SIM_POLICY=examples/pipeline/policy.conf
fi
same pipeline_stamps_what_was_checked \
	'Ada 50: stamped, and the stamp is good
with one more: the stamp is forged
past the check: refused: not by the PAL pipeline' \
	"$(pay Ada 50 2>&1)"
same pipeline_stamps_nothing_else 'Eve 5000: refused: the amount' \
	"$(pay Eve 5000 2>&1)"

if [ "$where" = guest ]; then
	pal disable >/dev/null
	same the_hypervisor_ends 0 $?
fi
echo "1..$count"
exit $failed
