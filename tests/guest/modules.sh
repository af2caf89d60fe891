#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Pack modules of a kernel that kernel.sh fetched, with those they depend on,
# into a cpio for the guest.  /etc/modules-load there names those that init
# loads; a module that is built into this kernel is skipped.
#
# Usage: tests/guest/modules.sh KERNEL_FOLDER OUTPUT "LOADED..." "OTHERS..."

set -eu
PATH=$PATH:/usr/sbin:/sbin	# depmod and modprobe, for ordinary users

[ $# = 4 ] || { sed -n 's/^# \{0,1\}//; 4,8p' "$0" >&2; exit 2; }
kernel=$1
output=$2
release=$(cat "$kernel/release")
root=$output.root

rm -rf "$root"
mkdir -p "$root/etc" "$root/lib/modules/$release"

# shellcheck disable=SC2086 # lists of words
modprobe -d "$kernel" -S "$release" --show-depends -a $3 $4 |
sed -n 's/^insmod //p' | sort -u |
while read -r module _; do
	name=${module#*"/lib/modules/$release/"}
	mkdir -p "$(dirname "$root/lib/modules/$release/$name")"
	case $name in
	*.xz) xz -dc "$module" >"$root/lib/modules/$release/${name%.xz}" ;;
	*) cp "$module" "$root/lib/modules/$release/$name" ;;
	esac
done
cp "$kernel/lib/modules/$release"/modules.builtin \
	"$kernel/lib/modules/$release"/modules.builtin.modinfo \
	"$kernel/lib/modules/$release"/modules.order "$root/lib/modules/$release"
depmod -b "$root" "$release"
for module in $3; do
	modprobe -d "$kernel" -S "$release" --show-depends "$module" |
	grep -q ^builtin || echo "$module"
done >"$root/etc/modules-load"

(cd "$root" && find . -mindepth 1 | LC_ALL=C sort |
	cpio --quiet -o -H newc -R 0:0) >"$output"
rm -rf "$root"
