#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Fetch Debian's stock cloud kernel of one release and lay it out so that a
# guest can boot it and a module can be built for it:
#
#   FOLDER/vmlinuz   FOLDER/config   FOLDER/release (what uname -r will say)
#   FOLDER/lib/modules/RELEASE/      all its modules, as packaged
#   FOLDER/headers                   for make -C FOLDER/headers M=...
#
# Nothing is installed on this machine.  The header packages expect to lie in
# /usr/src and to be used with their own release's compiler and C library;
# fix_headers() makes them work from anywhere, with this machine's gcc.
#
# Usage: tests/guest/kernel.sh SUITE FOLDER

set -eu
PATH=$PATH:/usr/sbin:/sbin	# depmod and modprobe, for ordinary users

[ $# = 2 ] || { sed -n 's/^# \{0,1\}//; 4,16p' "$0" >&2; exit 2; }
suite=$1
folder=$2
top=$(cd "$(dirname "$0")/../.." && pwd)
new=$folder.new

apt() {
	"$top/tests/guest/isolated-apt.sh" "$suite" "$@"
}

depends() {	# of package $1, those whose name matches $2
	apt depends "$1" | sed -n 's/^ *Depends: //p' | grep -E "$2"
}

fail() {
	echo "kernel: $suite: $*" >&2
	exit 1
}

# Unpack package $1 (already downloaded).
unpack() {
	dpkg-deb -x "$new/deb/$1"_*.deb "$new/root" ||
		fail "cannot unpack $1; is the disk full?"
	rm -f "$new/deb/$1"_*.deb
}

# Program $1 was linked against a newer C library than ours: let it run with
# its own release's, kept in FOLDER/libc.
run_with_own_libc() {
	[ -d "$new/libc" ] || {
		(cd "$new/deb" && apt download libc6)
		mkdir "$new/libc" "$new/libc.root"
		dpkg-deb -x "$new"/deb/libc6_*.deb "$new/libc.root"
		cp -a "$new"/libc.root/usr/lib/x86_64-linux-gnu/*.so* "$new/libc"
		rm -rf "$new/libc.root" "$new"/deb/libc6_*.deb
	}
	mv "$1" "$1.program"
	up=$(realpath --relative-to="$(dirname "$1")" "$new/libc")
	cat >"$1" <<-END
		#!/bin/sh
		here=\$(dirname "\$0")
		libc=\$here/$up
		exec "\$libc/ld-linux-x86-64.so.2" \\
			--library-path "\$libc:/lib/x86_64-linux-gnu" \\
			"\$here/$(basename "$1").program" "\$@"
	END
	chmod +x "$1"
}

fix_headers() {
	headers=$new/root/usr/src/linux-headers-$release

	# An absolute include becomes one relative to the including file.
	sed -i 's|^include /usr/src/|include $(dir $(abspath $(lastword $(MAKEFILE_LIST))))../|' \
		"$headers/Makefile"

	# This machine's gcc, not the one of the kernel's release.
	sed -i -E 's|gcc-[0-9]+ *$|gcc|' "$headers/.kernelvariables"
	flag=-fmin-function-alignment=16	# new in gcc 14
	echo | gcc $flag -x c -c - -o /dev/null 2>/dev/null ||
		sed -i '/^CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=/d' \
			"$headers/include/config/auto.conf"

	# With it, kbuild would want pahole to make BTF, which nobody reads.
	rm -f "$headers/vmlinux"

	find "$new/root/usr/lib" -path '*/linux-kbuild-*' -type f \
		\( -name '*.real-lsb-64' -o -name '*.real-x86' -o -name fixdep \
		-o -name modpost -o -name objtool \) >"$new/programs"
	while read -r program; do
		! ldd "$program" 2>&1 | grep -q 'GLIBC_.*not found' ||
			run_with_own_libc "$program"
	done <"$new/programs"
	rm "$new/programs"
	ln -s "root/usr/src/linux-headers-$release" "$new/headers"
}

rm -rf "$new"
mkdir -p "$new/deb" "$new/root"
apt update || fail 'cannot fetch the package lists; check the network'

image=$(depends linux-image-cloud-amd64 '^linux-image-[0-9]') ||
	fail 'this mirror has no linux-image-cloud-amd64'
release=${image#linux-image-}
headers=linux-headers-$release
parts=$(depends "$headers" '^linux-(headers-.*-common|kbuild-)')
echo "kernel: fetching Linux $release and its headers"
(cd "$new/deb" && apt download "$image" "$headers" $parts) || exit 1

for package in $image $headers $parts; do
	unpack "$package"
done
rm -f "$new/root/usr/share/doc" -r
mv "$new"/root/boot/vmlinuz-* "$new/vmlinuz"
mv "$new"/root/boot/config-* "$new/config"
echo "$release" >"$new/release"
mkdir -p "$new/lib"
if [ -d "$new/root/lib/modules" ]; then
	mv "$new/root/lib/modules" "$new/lib/"
else	# packages of Debian 13 have everything below /usr
	mv "$new/root/usr/lib/modules" "$new/lib/"
fi
rm -f "$new/lib/modules/$release/build" "$new/lib/modules/$release/source"
depmod -b "$new" "$release"
fix_headers

rm -rf "$folder" "$new/deb"
mv "$new" "$folder"
