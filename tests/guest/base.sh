#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Pack the part of the guest's file system that does not depend on the kernel:
# busybox, init, users, programs and libraries of this machine.
#
# Usage: tests/guest/base.sh INIT OUTPUT "PROGRAMS..." "LIBRARIES..."

set -eu

[ $# = 4 ] || { sed -n 's/^# \{0,1\}//; 4,7p' "$0" >&2; exit 2; }
init=$1
output=$2
root=$output.root
libraries=/lib/x86_64-linux-gnu

rm -rf "$root"
# No links between /lib and /usr/lib: a folder of the same name in a later
# cpio would take the place of the link.
for folder in bin dev etc in lib lib64 mnt out proc root run sbin sys tmp \
	usr/bin usr/sbin usr/lib var/log home/user "$libraries"; do
	mkdir -p "$root/$folder"
done
chmod 1777 "$root/tmp"
cp "$init" "$root/init"
chmod 755 "$root/init"

cp /bin/busybox "$root/bin/busybox"
"$root/bin/busybox" --list | grep -vx busybox | while read -r applet; do
	ln -sf busybox "$root/bin/$applet"
done
ln -sf /bin/env "$root/usr/bin/env"

needed() {	# files of the libraries that program or library $1 needs
	ldd "$1" 2>/dev/null | sed -nE 's/.* => (\/[^ ]*) .*/\1/p'
}

for program in $3; do
	rm -f "$root/bin/$(basename "$program")"
	cp -L "$program" "$root/bin/"
	needed "$program"
done >"$output.libraries"
for library in $4; do
	[ -e "$libraries/$library" ] || continue
	echo "$libraries/$library"
	needed "$libraries/$library"
done >>"$output.libraries"
sort -u "$output.libraries" | while read -r library; do
	cp -L "$library" "$root$libraries/"
done
cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64/"

for terminal in l/linux v/vt100 v/vt220 s/screen s/screen-256color \
	t/tmux-256color x/xterm x/xterm-256color; do
	[ ! -e "/lib/terminfo/$terminal" ] ||
		install -D -m 644 "/lib/terminfo/$terminal" \
			"$root/lib/terminfo/$terminal"
done

cat >"$root/etc/passwd" <<'END'
root:x:0:0:root:/root:/bin/sh
user:x:1000:1000:an unprivileged user:/home/user:/bin/sh
other:x:1001:1001:another one:/tmp:/bin/sh
nobody:x:65534:65534:nobody:/tmp:/bin/sh
END
cat >"$root/etc/group" <<'END'
root:x:0:
palisade:x:900:user
user:x:1000:
other:x:1001:
nogroup:x:65534:
END
cp /etc/os-release "$root/etc/os-release"
cat >"$root/etc/profile" <<'END'
export PATH=/usr/sbin:/usr/bin:/sbin:/bin PS1='guest:\w\$ '
END

(cd "$root" && find . -mindepth 1 | LC_ALL=C sort |
	cpio --quiet -o -H newc -R 0:0) >"$output"
rm -rf "$root" "$output.libraries"
