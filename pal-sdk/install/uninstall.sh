#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Remove the files that install.sh listed, then the folders that became empty.
#
# Usage: uninstall.sh DESTDIR PREFIX

set -eu
destdir=$1
list=$destdir$2/lib/palisade/installed
[ -f "$list" ] || {
	echo "uninstall: $list is not there: nothing installed" >&2
	exit 1
}
names=$(cat "$list")
echo "$names" | while read -r name; do
	rm -f "$destdir$name"
done
# Folders of ours, deepest first; those with files of others stay.
echo "$names" | while read -r name; do
	while name=${name%/*} && [ -n "$name" ]; do
		echo "$name"
	done
done | grep -i '/palisade' | sort -ru | while read -r name; do
	rmdir "$destdir$name" 2>/dev/null || :
done
