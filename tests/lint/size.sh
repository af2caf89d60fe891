#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Fail on a function of C over 60 lines or a file over 600 that is no table of vectors.
. tests/lint/files.sh

{
	tracked | grep -v '^tests/vectors/.*\.txt$' | xargs wc -l |
		awk '$1 > 600 && $2 != "total" { print $2 ": " $1 " lines" }'
	tracked '*.[ch]' | ctags -x --kinds-c=f --fields=+e \
		--_xformat='%{line} %{end} %N %F' -L - |
		awk '$2 - $1 >= 60 {
			print $4 ":" $1 ": " $3 " has " $2 - $1 + 1 " lines"
		}'
} | {
	! grep .
}
