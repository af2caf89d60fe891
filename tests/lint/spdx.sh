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
} | sort -u | grep -v '^pal-sdk/template/' | xargs awk '
	FNR == 1 && file && !found { print file ": no SPDX line" }
	FNR == 1 { file = FILENAME; found = 0 }
	FNR <= 3 && /SPDX-License-Identifier: BSD-2-Clause/ { found = 1 }
	END { if (!found) print file ": no SPDX line" }' | {
	! grep .
}
