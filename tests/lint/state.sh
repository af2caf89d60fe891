#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Fail if an object of the core has a variable that can change: what is shared
# is in struct hv, the rest is passed in.
# Usage: state.sh OBJECT...

[ $# -gt 0 ] || { echo 'state.sh: no objects'; exit 1; }
bad=0
for object; do
	names=$(nm "$object") || bad=1
	printf '%s\n' "$names" | awk -v object="$object" '
		$2 ~ /^[bBdDC]$/ { print object ": variable " $3; bad = 1 }
		END { exit bad }' || bad=1
done
exit $bad
