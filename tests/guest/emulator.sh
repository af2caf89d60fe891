#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Print the path of a QEMU that emulates the x2APIC, as its releases since 9 do:
# this machine's own, or Debian 13's, which is fetched to FOLDER with all that it
# needs and runs from there.  Nothing is installed on this machine.
#
# Usage: tests/guest/emulator.sh FOLDER
set -eu

suite=trixie
folder=$1
top=$(cd "$(dirname "$0")/../.." && pwd)
program=$folder/qemu-system-x86_64

apt() {
	"$top/tests/guest/isolated-apt.sh" $suite "$@"
}

emulates_it() {	# program
	"$1" --version 2>/dev/null |
		grep -qE 'version (9|[1-9][0-9])\.'
}

fetch() {
	rm -rf "$folder"
	mkdir -p "$folder/root"
	echo "emulator: fetching the QEMU of $suite" >&2
	# shellcheck disable=SC2046 # a list of words
	(cd "$folder" && apt download $(apt closure qemu-system-x86 seabios ovmf))
	for package in "$folder"/*.deb; do
		dpkg-deb --fsys-tarfile "$package" |
			tar -x -C "$folder/root" --keep-directory-symlink \
				./usr
		rm "$package"
	done
}

# Programs of another release run with its own loader and libraries.
write_program() {
	libraries=$(find "$folder/root/usr/lib" -name '*.so*' -printf '%h\n' |
		sort -u | tr '\n' ':')
	cat >"$program" <<-END
		#!/bin/sh
		usr=$folder/root/usr
		exec \$usr/lib64/ld-linux-x86-64.so.2 \\
			--library-path $libraries \\
			\$usr/bin/qemu-system-x86_64 -L \$usr/share/qemu \\
			-L \$usr/share/seabios "\$@"
	END
	chmod +x "$program"
}

if emulates_it qemu-system-x86_64; then
	command -v qemu-system-x86_64
	exit 0
fi
folder=$(realpath -m "$folder")
program=$folder/qemu-system-x86_64
[ -x "$program" ] || { fetch && write_program; }
emulates_it "$program" || { "$program" --version >&2; exit 1; }
echo "$program"
