# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2120
# Sourced by the lint scripts, which run in the top folder: what is ours.

# Tracked files whose names match one of the patterns, e.g. '*.c' 'hv/**'.
tracked() {
	git ls-files -- "$@" |
		while read -r file; do
			[ -f "$file" ] && echo "$file"
		done
}

# Tracked scripts: by name or by first line.
scripts() {
	tracked '*.sh'
	tracked | grep -E '(^|/)[^./]+$' |
		xargs awk 'FNR == 1 && /^#!.*sh$/ { print FILENAME }'
}
