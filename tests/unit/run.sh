#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Run test programs.  Prints their lines, each with the program's name, so that
# a test that fails can be found; a program that dies fails by that.
# Usage: run.sh PROGRAM...

passed=0
failed=0
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

for program; do
	name=${program##*/test_}
	timeout 60 "$program" >"$out" 2>&1
	status=$?
	sed -nE "s/^((not )?ok) [0-9]+ - /\1 $name: /p; t; /^1\.\./!p" "$out"
	good=$(grep -c '^ok ' "$out")
	bad=$(grep -c '^not ok ' "$out")
	# A program that died did not say how its last test ended.
	if [ "$status" -gt 1 ] || { [ "$status" -eq 1 ] && [ "$bad" -eq 0 ]; }
	then
		echo "not ok $name: ended with status $status"
		bad=$((bad + 1))
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
