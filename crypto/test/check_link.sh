#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# check_link.sh ELF LIMIT
#
# A linked PAL must have no relocations, no undefined symbols, no segment that
# is both writable and executable, nothing of Unix in it, and at most LIMIT
# bytes of code and constants.
set -eu

elf=$1 limit=$2
export LC_ALL=C

fail() {
	echo "not ok - link test: $*"
	exit 1
}

readelf -rW "$elf" | grep -q 'no relocations' || fail "has relocations"
[ -z "$(nm -u "$elf")" ] || fail "undefined:" "$(nm -u "$elf")"
! readelf -lW "$elf" | grep -qE 'LOAD.* RWE ' || fail "writable code"
! nm "$elf" | grep -qwE 'getpid|gettimeofday|open|read' || fail "wants Unix"

size=$(size "$elf" | awk 'NR == 2 { print $1 }')
[ "$size" -le "$limit" ] || fail "$size bytes, more than $limit"
echo "ok - link test: $(basename "$elf") takes $size bytes"
