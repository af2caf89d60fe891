#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Fail on a relative link in a README that leads nowhere.
. tests/lint/files.sh

tracked '*.md' | while read -r file; do
	grep -oE '\]\([^)#: ]+(#[^)]*)?\)' "$file" |
		sed -E 's/^\]\(//; s/(#[^)]*)?\)$//' |
		while read -r link; do
			[ -e "$(dirname "$file")/$link" ] ||
				echo "$file: no such file: $link"
		done
done | {
	! grep .
}
