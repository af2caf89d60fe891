#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The Debian packages palisade, palisade-dkms and libpal-dev: what `make
# install PREFIX=/usr` puts in place, divided in three.  Needs no root; the same
# tree gives the same packages.
#
# Usage: deb.sh FOLDER, with the variables that install.mk sets

set -eu
out=$1
debian=pal-sdk/install/debian
work=$out/work
version=$VERSION-1
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 1)
export SOURCE_DATE_EPOCH

rm -rf "$out"
mkdir -p "$work"
pal-sdk/install/install.sh "$work/libpal-dev" /usr
rm "$work/libpal-dev/usr/lib/palisade/installed"

# Of libpal-dev, which has all at first, to package $1: the files named.
take() {
	package=$1
	shift
	for name; do
		for from in "$work/libpal-dev/"$name; do
			to=$work/$package/${from#"$work/libpal-dev/"}
			mkdir -p "$(dirname "$to")"
			mv "$from" "$to"
		done
	done
}

take palisade usr/bin usr/sbin 'usr/lib/libpal.so.*' usr/lib/palisade/palisade.bin \
	usr/lib/palisade/palisade.elf usr/lib/palisade/45_palisade \
	'usr/lib/palisade/*.pal' usr/lib/palisade/examples usr/lib/udev usr/lib/sysusers.d \
	usr/lib/pkcs11 usr/lib/tmpfiles.d usr/share/p11-kit \
	usr/lib/systemd usr/share/bash-completion etc 'usr/share/man/man1' \
	usr/share/man/man7 usr/share/man/man8
[ ! -d "$work/libpal-dev/usr/share/man/man5" ] ||
	take palisade usr/share/man/man5
take palisade-dkms usr/src

gzip -9n "$work"/*/usr/share/man/man*/*
for package in palisade palisade-dkms libpal-dev; do
	install -D -m 644 $debian/copyright \
		"$work/$package/usr/share/doc/$package/copyright"
done

# The libraries that palisade's dynamic files need.
shlibs() (
	mkdir -p "$work/shlibs/debian"
	printf 'Source: palisade\n\nPackage: palisade\nArchitecture: amd64\n' \
		>"$work/shlibs/debian/control"
	lib=$(realpath "$work"/palisade/usr/lib/libpal.so.$VERSION)
	service=$(realpath "$work"/palisade/usr/sbin/pald)
	tool=$(realpath "$work"/palisade/usr/bin/pal)
	pkcs11=$(realpath "$work"/palisade/usr/lib/pkcs11/*.so)
	cd "$work/shlibs"
	dpkg-shlibdeps -O "$lib" "$service" "$tool" "$pkcs11" \
		2>/dev/null | sed 's/^shlibs:Depends=//'
)
depends=$(shlibs)
module_version=$(ls "$work/palisade-dkms/usr/src" | sed 's/^palisade-//')

for package in palisade palisade-dkms libpal-dev; do
	control=$work/$package/DEBIAN
	mkdir -p "$control"
	(cd "$work/$package" && find . -type f ! -path './DEBIAN/*' -printf \
		'%P\0' | sort -z | xargs -0 md5sum) >"$control/md5sums"
	size=$(du -sk --apparent-size "$work/$package" | cut -f1)
	sed -e "s/@VERSION@/$version/" -e "s/@SHLIBS@/$depends/" \
		-e "s/@SIZE@/$size/" $debian/$package.control \
		>"$control/control"
	for script in postinst prerm postrm; do
		[ -f $debian/$package.$script ] || continue
		sed "s/@MODULE_VERSION@/$module_version/" \
			$debian/$package.$script >"$control/$script"
		chmod 755 "$control/$script"
	done
done
printf '%s\n' /etc/default/palisade /etc/palisade/pald.conf \
	>"$work/palisade/DEBIAN/conffiles"
echo 'activate-noawait ldconfig' >"$work/palisade/DEBIAN/triggers"

for package in palisade palisade-dkms libpal-dev; do
	arch=$(sed -n 's/^Architecture: //p' "$work/$package/DEBIAN/control")
	dpkg-deb --root-owner-group -Zxz -b "$work/$package" \
		"$out/${package}_${version}_$arch.deb" >/dev/null
done
rm -rf "$work"
ls "$out"/*.deb
