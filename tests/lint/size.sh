#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Fail on a function over 60 lines or a C file over 600.
. tests/lint/files.sh

tracked '*.[chS]' | while read -r file; do
	lines=$(wc -l <"$file")
	[ "$lines" -le 600 ] || echo "$file: $lines lines"
	case $file in *.S) continue ;; esac
	ctags -x --kinds-c=f --fields=+e --_xformat='%{line} %{end} %N %F' \
		"$file" |
		awk '$2 - $1 >= 60 {
			print $4 ":" $1 ": " $3 " has " $2 - $1 + 1 " lines"
		}'
done | {
	! grep .
}
