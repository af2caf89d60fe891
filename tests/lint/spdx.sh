#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Fail on a source file without its licence in the first lines.  What `pal new`
# copies is the user's and has none.
. tests/lint/files.sh

{
	tracked '*.[chS]' '*.mk' '*.ld' '*.awk' '*.py' '*.rules' '*Kbuild' \
		'*Makefile' '*.clang-format' '*.clang-tidy' '*/dkms.conf'
	scripts
} | sort -u | grep -v '^pal-sdk/template/' | while read -r file; do
	head -n 3 "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' ||
		echo "$file: no SPDX line"
done | {
	! grep .
}
