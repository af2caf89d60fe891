#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Do the proofs of proofs.txt, then show that they can fail: each of mutants.txt
# is a bug in a copy of a source that its proof has to find.  One line each;
# what CBMC said is in OUT.
#
# Usage: run.sh CBMC OUT
set -u

cbmc=$1 out=$2
here=$(dirname "$0")
mkdir -p "$out"
passed=0 failed=0 obligations=0
started=$(date +%s)

# The sources of a proof come last, so that a mutant can take one's place.
prove() {	# log, options and sources...
	log=$1
	shift
	# shellcheck disable=SC2068
	"$cbmc" --function prove -I"$here" -I"$here/small" -Ihv \
		--unwinding-assertions --drop-unused-functions \
		$@ >"$log" 2>&1
}

good() {
	passed=$((passed + 1))
	echo "ok - $1"
}

bad() {
	failed=$((failed + 1))
	echo "not ok - $1"
	grep -E 'FAILURE|rror' "$2" | sed 's/^/# /' | head -n 20
}

while IFS='	' read -r name words; do
	case $name in '' | '#'*) continue ;; esac
	begun=$(date +%s)
	log=$out/$name.log
	if prove "$log" "$words" && grep -q '^VERIFICATION SUCC' "$log"; then
		count=$(sed -n 's/^\*\* 0 of \([0-9]*\) failed.*/\1/p' "$log")
		obligations=$((obligations + count))
		good "$name: $count obligations, $(($(date +%s) - begun)) s"
	else
		bad "$name: see $log" "$log"
	fi
done <"$here/proofs.txt"

while IFS='	' read -r name file bug; do
	case $name in '' | '#'*) continue ;; esac
	words=$(sed -n "s/^$name	//p" "$here/proofs.txt")
	sed "$bug" "$file" >"$out/mutant.c"
	log=$out/mutant.log
	! cmp -s "$file" "$out/mutant.c" || {
		bad "$name: $file has no place for the bug $bug" /dev/null
		continue
	}
	words=$(echo "$words" | sed "s|$file|$out/mutant.c|")
	if prove "$log" "$words --no-standard-checks"; then
		bad "$name: does not find the bug $bug" "$log"
	elif grep -q '^VERIFICATION FAILED' "$log"; then
		good "$name finds a bug: $bug"
	else
		bad "$name: cannot be done with the bug $bug" "$log"
	fi
done <"$here/mutants.txt"

[ "$failed" -ne 0 ] || printf '{"obligations": %d, "seconds": %d}\n' \
	"$obligations" $(($(date +%s) - started)) >"$out/figures.json"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
