#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Run test programs and add up: what fails is shown in full.
# Usage: run.sh PROGRAM...

passed=0
failed=0
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

for program; do
	name=${program##*/test_}
	timeout 60 "$program" >"$out" 2>&1
	status=$?
	good=$(grep -c '^ok ' "$out")
	bad=$(grep -c '^not ok ' "$out")
	# A program that died did not say how its last test ended.
	[ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	[ "$status" -le 1 ] || bad=$((bad + 1))
	passed=$((passed + good))
	failed=$((failed + bad))
	if [ "$bad" -gt 0 ]; then
		grep -v '^ok ' "$out" | sed "s/^/$name: /"
		echo "unit $name: $good passed, $bad failed (status $status)"
	else
		echo "unit $name: $good passed"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
