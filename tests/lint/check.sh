#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Build what make targets that print test lines need, then run these targets
# side by side, as many as there are processors.  One line each, then the sum.
# All that a target printed is shown if something in it failed.
# Usage: check.sh MAKE WHAT_THEY_NEED TARGET...

make="$1 --no-print-directory"
needs=$2
shift 2
# Against what never ends: far above what a busy machine needs.
export limit="${CHECK_LIMIT:-1200}"
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
# As many jobs as there are processors, unless the user said.
case " ${MAKEFLAGS:-}" in
*jobserver* | *-j*) ;;
*) make="$make -j$(nproc)" ;;
esac

$make "$needs" </dev/null >"$out/build" 2>&1 || {
	grep -v '^  [A-Z]* ' "$out/build" | tail -n 60
	echo "not ok the build of what is tested: see above"
	echo '0 passed, 1 failed'
	exit 1
}

cat >"$out/part" <<'END'
	make=$1 out=$2 target=$3
	started=$(date +%s)
	timeout "$limit" $make "$target" </dev/null >"$out/$target" 2>&1
	status=$?
	[ "$status" -ne 124 ] ||
		echo "not ok $target ended in $limit seconds" >>"$out/$target"
	passed=$(grep -c '^ok ' "$out/$target")
	failed=$(grep -c '^not ok ' "$out/$target")
	# It died before it said what failed.
	[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
	[ "$passed" -gt 0 ] || [ "$failed" -gt 0 ] || failed=1
	echo "$passed $failed" >"$out/$target.counts"
	{
		[ "$failed" -eq 0 ] ||
			sed '/[0-9] passed/d; s/^/  /' "$out/$target"
		printf '%-14s %4d good, %d bad (%d s)\n' "$target" "$passed" \
			"$failed" $(($(date +%s) - started))
	} >"$out/$target.report"
	cat "$out/$target.report"
END
printf '%s\n' "$@" |
	xargs -P "$(nproc)" -I TARGET sh "$out/part" "$make" "$out" TARGET

cat "$out"/*.counts | awk '
	{ passed += $1; failed += $2 }
	END {
		print passed + 0 " passed, " failed + 0 " failed"
		exit failed > 0 || passed == 0
	}'
