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
done | grep . && bad=1
# Strings and the comments behind the ABI's fields may go on.
tracked '*.[ch]' | xargs awk '
	length($0) > 40 && !/"/ && !/^#/ && !/\/\*/ && !/\\$/ {
		line = $0
		while ((at = index(line, "\t")) > 0)
			line = substr(line, 1, at - 1) \
			       substr("        ", 1 + (at - 1) % 8) \
			       substr(line, at + 1)
		if (length(line) > 80)
			print FILENAME ":" FNR ": " length(line) " columns"
	}' | grep . && bad=1
exit $bad
