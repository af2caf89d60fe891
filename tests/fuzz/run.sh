#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh OUT NAME LENGTH LIMIT...
#
# Let the fuzz target NAME run from its corpus in the tree, with inputs up to
# LENGTH, until LIMIT (options of libFuzzer).  With a -seed, what earlier runs
# found is not used, so that each run is the same.
set -u

out=$1 name=$2 length=$3
shift 3
corpus=$(dirname "$0")/corpus/$name
found=$out/found/$name
log=$out/$name.log

case " $* " in
*' -seed='*) rm -rf "$out/fixed/$name"; found=$out/fixed/$name ;;
esac
mkdir -p "$found"
if "$out/fuzz_$name" -max_len="$length" -timeout=100 -print_final_stats=1 \
	-artifact_prefix="$out/crash-$name-" "$@" "$found" "$corpus" \
	>"$log" 2>&1
then
	echo "ok - fuzz $name:" \
		"$(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs"
else
	echo "not ok - fuzz $name: see $log"
	grep -aE 'ERROR|not true|runtime error|Test unit written' "$log" |
		sed 's/^/# /'
	exit 1
fi
