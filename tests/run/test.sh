#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Does `make run` notice what goes wrong?  One good run in the guest is kept and
# then told again with something wrong in it; two more runs meet the real thing.
# One line a case, "ok NAME" or "not ok NAME - why".
#
# Usage: tests/run/test.sh   (after make run-ready)

set -u
cd "$(dirname "$0")/../.." || exit 1

work=build/run/test
failed=0
rm -rf "$work"
mkdir -p "$work"
echo 'what is signed' >"$work/plain"

# Runs the guest and keeps what it says, or says again what was kept.
cat >"$work/keep" <<'END'
#!/bin/bash
tests/guest/vm "$@" | tee build/run/test/kept
exit "${PIPESTATUS[0]}"
END
cat >"$work/again" <<'END'
#!/bin/bash
cat build/run/test/spoilt
exit "$(cat build/run/test/status)"
END
chmod +x "$work/keep" "$work/again"

verdict() {	# name, why not ("" if it is right)
	if [ -z "$2" ]; then
		echo "ok $1"
	else
		echo "not ok $1 - $2"
		failed=1
	fi
}

# Run with the environment and words given; remember status and errors.
run() {
	env "${@:2}" tests/run/run.sh ${1:+"$1"} \
		>"$work/output" 2>"$work/errors" </dev/null
	status=$?
}

succeeds() {	# name
	local why=
	[ "$status" = 0 ] || why="exit status $status: $(tail -n 1 "$work/errors")"
	grep -q '^  Verified OK$' "$work/output" || why=${why:-no 'Verified OK'}
	! grep -q "$(printf '\033')" "$work/output" || why='colour in a pipe'
	verdict "$1" "$why"
}

# Exit status 1 and exactly one line, which says `words`.
fails_with() {	# name, words
	local why=
	[ "$status" = 1 ] || why="exit status $status"
	[ "$(wc -l <"$work/errors")" = 1 ] || why=${why:-not one line of error}
	grep -qF -- "$2" "$work/errors" || why=${why:-does not say "$2"}
	verdict "$1" "$why"
}

retell() {	# name, expected words, sed script, status of the guest
	sed -E "$3" "$work/kept" >"$work/spoilt"
	echo "$4" >"$work/status"
	run '' RUN_FILE="$work/plain" RUN_VM="$work/again"
	fails_with "$1" "$2"
}

run '' RUN_FILE="$work/plain" RUN_VM="$work/keep"
succeeds a_good_run_is_good
[ "$failed" = 0 ] || exit 1

retell an_altered_signature_is_noticed 'the signature is not good' \
	'/^@signature/s/[0-9a-f]{4}$/0000/' 0
retell an_altered_key_is_noticed 'the signature is not good' \
	'/^@key [^-]/s/[A-Za-z]/A/10' 0
retell a_missing_signature_is_noticed 'no signature came' '/^@signature/d' 0
retell a_missing_key_is_noticed 'no signature came' '/^@key/d' 0
for name in module_reads_pal dev_mem_hypervisor module_searches_secret \
	pal_goes_on linux_goes_on; do
	retell "a_missing_${name}_is_noticed" "the attack $name was not" \
		"/^@held $name /d" 0
done
retell an_attack_that_got_through_is_noticed 'an attack got through' \
	's/^@held kcore_pal .*/@broken kcore_pal 0x1 was read/' 0
retell a_failed_step_is_noticed 'signing: no such PAL' \
	's/^@held linux_goes_on.*/@failed signing: no such PAL/' 1
retell a_failed_guest_is_noticed 'the guest failed (status 9)' '' 9
retell a_silent_guest_is_noticed 'no signature came' 'd' 0

run unprotected RUN_FILE="$work/plain"
fails_with ordinary_memory_is_read 'an attack got through'
run altered RUN_FILE="$work/plain"
fails_with another_file_is_not_the_signed_one 'the signature is not good'

refuses() {	# name, file, words
	run '' RUN_FILE="$2" RUN_VM=false
	fails_with "$1" "$3"
}

refuses a_missing_file_is_refused "$work/none" 'there is no file'
refuses a_directory_is_refused "$work" 'is a directory'
refuses a_device_is_refused /dev/zero 'is not an ordinary file'
refuses an_empty_name_is_refused '' 'names no file'
if [ "$(id -u)" != 0 ]; then
	: >"$work/unreadable"
	chmod 0 "$work/unreadable"
	refuses an_unreadable_file_is_refused "$work/unreadable" 'not readable'
else
	echo 'skip an_unreadable_file_is_refused - root may read everything'
fi

# Judges all names of the command line, and builds nothing.
make_says() {	# name, exit status, words, variable...
	local why=
	make -n help "${@:4}" >"$work/output" 2>"$work/errors"
	status=$?
	[ "$status" = "$2" ] || why="exit status $status"
	grep -q "$3" "$work/output" "$work/errors" || why=${why:-"no '$3'"}
	verdict "$1" "$why"
}
make_says a_misspelt_variable_is_named 2 'no variable FLIE' FLIE=README.md
make_says also_beside_a_good_one 2 'no variable CPU ' FILE=README.md CPU=4
make_says odd_values_are_no_names 0 'make run' FILE='a FLIE=$(x) b=(' V=1 \
	SECONDS=9 PREFIX=/usr BOOT=grub RUN_KERNEL=6.12

odd="$work/-a b 'c' \"d\" \$(e) \\f"
: >"$odd"
run '' RUN_FILE="$odd"
succeeds an_empty_file_with_an_odd_name_is_signed
head -c 100000000 /dev/zero >"$work/huge"
run '' RUN_FILE="$work/huge" RUN_KERNEL=6.12
succeeds a_huge_file_is_signed_under_the_newer_kernel
rm -f "$work/huge"

exit "$failed"
