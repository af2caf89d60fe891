#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Run test programs, as many at a time as there are processors.  Prints their
# lines, each with the program's name, so that a test that fails can be found;
# a program that dies fails by that.
# Usage: run.sh PROGRAM...

out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT

printf '%s\n' "$@" | xargs -P "$(nproc)" -I PROGRAM sh -c '
	timeout 1200 "$1" >"$0/${1##*/}" 2>&1
	echo $? >"$0/${1##*/}.status"' "$out" PROGRAM

passed=0
failed=0
for program; do
	name=${program##*/}
	status=$(cat "$out/$name.status")
	sed -nE "s/^((not )?ok) [0-9]+ - /\1 ${name#test_}: /p; t; /^1\.\./!p" \
		"$out/$name"
	good=$(grep -c '^ok ' "$out/$name")
	bad=$(grep -c '^not ok ' "$out/$name")
	# A program that died did not say how its last test ended.
	if [ "$status" -gt 1 ] || { [ "$status" -eq 1 ] && [ "$bad" -eq 0 ]; }
	then
		echo "not ok ${name#test_}: ended with status $status"
		bad=$((bad + 1))
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
