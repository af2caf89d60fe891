#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Fail if an object of the core has a variable that can change: what is shared
# is in struct hv, the rest is passed in.
# Usage: state.sh OBJECT...

bad=0
for object; do
	nm "$object" | awk -v object="$object" '
		$2 ~ /^[bBdDC]$/ { print object ": variable " $3; bad = 1 }
		END { exit bad }' || bad=1
done
exit $bad
