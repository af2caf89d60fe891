#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Fail on a function of C over 60 lines or a source file over 600.
. tests/lint/files.sh

{
	tracked '*.[chS]' '*.py' '*.sh' | xargs wc -l |
		awk '$1 > 600 && $2 != "total" { print $2 ": " $1 " lines" }'
	tracked '*.[ch]' | ctags -x --kinds-c=f --fields=+e \
		--_xformat='%{line} %{end} %N %F' -L - |
		awk '$2 - $1 >= 60 {
			print $4 ":" $1 ": " $3 " has " $2 - $1 + 1 " lines"
		}'
} | {
	! grep .
}
