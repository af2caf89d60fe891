#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Fail on trailing blanks, a missing last newline, indents of spaces, and lines
# over 80 columns of C.
. tests/lint/files.sh

bad=0
tracked '*.[chS]' '*.mk' '*.sh' 'Makefile' '*.md' |
	xargs grep -nE '[[:blank:]]+$' && bad=1
tracked '*.[chS]' | xargs grep -nE '^ {8,}[^ \\]| +	' && bad=1
tracked '*.[ch]' | while read -r file; do
	[ -z "$(tail -c 1 "$file")" ] || echo "$file: no newline at its end"
	# Strings and the comments behind the ABI's fields may go on.
	expand "$file" | awk -v file="$file" '
		length($0) > 80 && !/"/ && !/^#/ && !/\/\*/ && !/\\$/ {
			print file ":" NR ": " length($0) " columns"
		}'
done | grep . && bad=1
exit $bad
