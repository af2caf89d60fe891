#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Mend what needs no taste: trailing blanks, blanks before tabs, the last
# newline.  clang-format is not used: see README.md.  What is left is listed.
. tests/lint/files.sh

tracked '*.[chS]' '*.mk' '*.sh' 'Makefile' | while read -r file; do
	sed -E 's/[[:blank:]]+$//; :again; s/^(\t*) {1,7}\t/\1\t/; t again' \
		"$file" >"$file.new"
	if cmp -s "$file" "$file.new"; then
		rm "$file.new"
	else
		cat "$file.new" >"$file"
		rm "$file.new"
		echo "mended $file"
	fi
done
exec tests/lint/style.sh
