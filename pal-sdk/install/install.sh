#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Put everything below DESTDIR.  What has its place outside of a prefix (units,
# rules, module source) goes to /usr/lib and /usr/src for PREFIX=/usr, and else
# to /etc and /usr/src, where those who read it look.
#
# Usage: install.sh DESTDIR PREFIX, with the variables that install.mk sets

set -eu
destdir=$1 prefix=$2
case $prefix in
/*) ;;
*) echo "install: PREFIX=$prefix: not an absolute path" >&2; exit 1 ;;
esac
root=$destdir$prefix
list=$root/lib/palisade/installed
system=/etc
[ "$prefix" != /usr ] || system=/usr/lib
module=/usr/src/palisade-$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' \
	"$DKMS/dkms.conf")

mkdir -p "$root/lib/palisade"
: >"$list.new"

# Below prefix or /; the list has names without DESTDIR.
put() {	# mode from to
	install -D -m "$1" "$2" "$destdir$3"
	echo "$3" >>"$list.new"
}

put_program() {	# from to
	put 755 "$1" "$2"
	strip "$destdir$2"
}

put_tree() {	# folder to
	(cd "$1" && find . ! -type d ! -name '.*') | sort | while read -r name
	do
		name=${name#./}
		case $(stat -c %F:%A "$1/$name") in
		symbolic*)
			mkdir -p "$(dirname "$destdir$2/$name")"
			cp -P --remove-destination "$1/$name" "$destdir$2/$name"
			echo "$2/$name" >>"$list.new" ;;
		*x) put 755 "$1/$name" "$2/$name" ;;
		*) put 644 "$1/$name" "$2/$name" ;;
		esac
	done
}

put_tree "$STAGE" "$prefix"
for name in pal pal-host; do
	sed -i "s|^prefix=.*|prefix=$prefix|" "$root/lib/pkgconfig/$name.pc"
done

put 644 "$HYPERVISOR" "$prefix/lib/palisade/palisade.bin"
put 644 "$GRUB_IMAGE" "$prefix/lib/palisade/palisade.elf"
put 755 loader/grub/45_palisade "$prefix/lib/palisade/45_palisade"
for name in palisade-install palisade-measured palisade-sign; do
	put 755 "loader/grub/$name" "$prefix/sbin/$name"
done
for pal in $PALS; do
	put 644 "$pal" "$prefix/lib/palisade/$(basename "$pal")"
done
put 644 "$PKCS11" "$prefix/lib/pkcs11/$(basename "$PKCS11")"
strip --strip-unneeded "$destdir$prefix/lib/pkcs11/$(basename "$PKCS11")"
for program in $PROGRAMS; do
	put_program "$program" \
		"$prefix/lib/palisade/examples/$(basename "$program")"
done
put 644 examples/pipeline/policy.conf \
	"$prefix/lib/palisade/examples/pipeline.conf"
for page in $MAN_PAGES; do
	put 644 "$page" "$prefix/share/man/man${page##*.}/$(basename "$page")"
done
put 644 pal-sdk/completion/pal.bash \
	"$prefix/share/bash-completion/completions/pal"

# p11-kit reads its own folder below /usr, and this one.
modules=/etc/pkcs11/modules
[ "$prefix" != /usr ] || modules=/usr/share/p11-kit/modules
sed "s|@MODULE@|$prefix/lib/pkcs11/$(basename "$PKCS11")|" \
	pal-sdk/pkcs11/lib/palisade.module >"$list.unit"
put 644 "$list.unit" $modules/palisade.module
put 644 pal-sdk/install/palisade.tmpfiles $system/tmpfiles.d/palisade.conf
put 644 loader/linux/60-palisade.rules $system/udev/rules.d/60-palisade.rules
put 644 loader/linux/palisade.sysusers $system/sysusers.d/palisade.conf
sed "s|@PREFIX@|$prefix|" pal-sdk/install/palisade.service >"$list.unit"
put 644 "$list.unit" $system/systemd/system/palisade.service
put_program "$PALD" "$prefix/sbin/pald"
sed "s|@PREFIX@|$prefix|" pal-sdk/install/pald.service >"$list.unit"
put 644 "$list.unit" $system/systemd/system/pald.service
put 644 pal-sdk/install/pald.socket $system/systemd/system/pald.socket
put_tree "$DKMS" "$module"
# What the administrator may have changed stays.
[ -e "$destdir/etc/default/palisade" ] ||
	install -D -m 644 pal-sdk/install/palisade.default \
		"$destdir/etc/default/palisade"
[ -e "$destdir/etc/palisade/pald.conf" ] ||
	install -D -m 644 pal-sdk/install/pald.conf \
		"$destdir/etc/palisade/pald.conf"

rm "$list.unit"
echo "$prefix/lib/palisade/installed" >>"$list.new"
mv "$list.new" "$list"
[ -n "$destdir" ] || ! command -v ldconfig >/dev/null || ldconfig || :
