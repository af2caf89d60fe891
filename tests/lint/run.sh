#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Run each check, say in one line how it went, and add up.
# Usage: run.sh MAKE 'SCRIPT...' 'PART...'

make=$1
scripts=$2
parts=$3
passed=0
failed=0
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

verdict() {	# name, status
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
		echo "ok $1"
	else
		failed=$((failed + 1))
		sed 's/^/  /' "$out" | head -n 60
		echo "not ok $1"
	fi
}

for name in $scripts; do
	"tests/lint/$name.sh" >"$out" 2>&1
	verdict "lint_$name" $?
done
for name in $parts; do
	$make --no-print-directory -k "lint-$name" >"$out" 2>&1
	verdict "lint_$name" $?
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
