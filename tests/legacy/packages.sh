#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Fetch what Debian has to boot from GRUB besides its cloud kernel, and keep the
# bootable files: FOLDER/memtest, FOLDER/xen, both also as EFI programs (.efi),
# FOLDER/vmlinuz-RELEASE (the generic kernels of Debian 12 and 13).  Nothing is
# installed on this machine.
#
# Usage: tests/legacy/packages.sh FOLDER
set -eu

folder=$1
top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$(dirname "$folder")"
new=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$new"' EXIT

apt() {
	"$top/tests/guest/isolated-apt.sh" "$@"
}

fetch() {	# suite, packages...
	(cd "$new" && apt "$@")
}

kernel_of() {	# suite
	apt "$1" depends linux-image-amd64 |
		sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*\).*/\1/p' |
		head -n 1
}

echo 'legacy: fetching memtest86+, Xen and the generic kernels'
fetch bookworm download memtest86+ xen-hypervisor-4.17-amd64 \
	"$(kernel_of bookworm)"
fetch trixie download "$(kernel_of trixie)"
for package in "$new"/*.deb; do
	dpkg-deb -x "$package" "$new/root"
	rm "$package"
done
mkdir "$new/out"
mv "$new/root/boot/memtest86+x64.bin" "$new/out/memtest"
mv "$new/root/boot/memtest86+x64.efi" "$new/out/memtest.efi"
mv "$new"/root/boot/xen-4.17-amd64.efi "$new/out/xen.efi"
zcat "$new"/root/boot/xen-4.17-amd64.gz >"$new/out/xen"
mv "$new"/root/boot/vmlinuz-* "$new/out"
rm -rf "$folder"
mv "$new/out" "$folder"
