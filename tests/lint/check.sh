#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Run make targets that print test lines; one line each, then the sum.  All
# that a target printed is shown if something in it failed.
# Usage: check.sh MAKE TARGET...

make=$1
shift
# As many at a time as there are processors, unless the user said.
case " ${MAKEFLAGS:-}" in
*jobserver* | *-j*) jobs= ;;
*) jobs=-j$(nproc) ;;
esac
all_passed=0
all_failed=0
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

for target; do
	started=$(date +%s)
	timeout 300 $make $jobs --no-print-directory "$target" </dev/null \
		>"$out" 2>&1
	status=$?
	passed=$(grep -c '^ok ' "$out")
	failed=$(grep -c '^not ok ' "$out")
	# It died before it said what failed.
	[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
	[ "$passed" -gt 0 ] || [ "$failed" -gt 0 ] || failed=1
	[ "$failed" -eq 0 ] || sed '/[0-9] passed/d; s/^/  /' "$out"
	printf '%-14s %4d good, %d bad (%d s)\n' "$target" "$passed" \
		"$failed" $(($(date +%s) - started))
	all_passed=$((all_passed + passed))
	all_failed=$((all_failed + failed))
done
echo "$all_passed passed, $all_failed failed"
[ "$all_failed" -eq 0 ]
