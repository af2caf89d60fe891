#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Run shellcheck, where it is installed, on every script.
# SC1090, SC1091  files that are sourced are checked by themselves
# SC2086, SC2046  unquoted lists are split on purpose
# SC1007          `a= b=` empties both
# SC3044          `enable` is a function of ours
# SC2069          `2>&1 >file` is meant
# SC2034, SC2154  what is sourced shares variables with who sources it
. tests/lint/files.sh

command -v shellcheck >/dev/null || exit 0
bad=0
sourced=
whole=
for script in $(scripts); do
	if head -n 1 "$script" | grep -q '^#!'; then
		whole="$whole $script"
	else
		sourced="$sourced $script"
	fi
done
shellcheck -S warning -e SC1090,SC1091,SC2086,SC2046,SC1007,SC2069,SC3044,SC2154 $whole || bad=1
shellcheck -S warning -s bash \
	-e SC1090,SC1091,SC2086,SC2046,SC1007,SC2069,SC3044,SC2034,SC2154 $sourced || bad=1
exit $bad
