#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Make a disk with programs of a Debian release and all they depend on, for
# tests that need more than busybox: tests/guest/vm --disk, in_programs.sh.
# Nothing is installed on this machine, and no package's script is run: what
# the tests want to be set up they set up themselves.
#
# Usage: tests/guest/programs.sh SUITE FOLDER OUTPUT PACKAGE...
#   FOLDER  keeps what was downloaded; a package that SUITE lacks is left out

set -eu
PATH=$PATH:/usr/sbin:/sbin	# mke2fs, for ordinary users

[ $# -ge 4 ] || { sed -n 's/^# \{0,1\}//; 4,11p' "$0" >&2; exit 2; }

# Files of the guest belong to root.
[ "$(id -u)" = 0 ] || exec unshare --map-root-user "$0" "$@"

suite=$1 folder=$2 output=$3
shift 3
top=$(cd "$(dirname "$0")/../.." && pwd)
root=$output.root

apt() {
	"$top/tests/guest/isolated-apt.sh" "$suite" "$@"
}

known() {	# those packages that the release has
	for package; do
		! apt show "$package" 2>/dev/null | grep -q ^Package: ||
			echo "$package"
	done
}

# A list in the folder says what is complete there.
fetch() {
	[ "$(cat "$folder/complete" 2>/dev/null)" != "$*" ] || return 0
	rm -rf "$folder"
	mkdir -p "$folder"
	# shellcheck disable=SC2046 # lists of words
	needed=$(apt closure $(known "$@"))
	# shellcheck disable=SC2086
	(cd "$folder" && apt download $needed)
	echo "$*" >"$folder/complete"
}

unpack() {
	rm -rf "$root"
	mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib" \
		"$root/usr/lib64"
	for name in bin sbin lib lib64; do
		ln -s "usr/$name" "$root/$name"
	done
	for package in "$folder"/*.deb; do
		dpkg-deb --fsys-tarfile "$package" |
			tar -x -C "$root" --keep-directory-symlink
	done
	rm -rf "$root"/usr/share/doc "$root"/usr/share/man \
		"$root"/usr/share/locale "$root"/usr/share/i18n \
		"$root"/usr/share/info "$root"/usr/lib/locale
	for name in dash bash; do
		[ ! -x "$root/usr/bin/$name" ] || ln -sf $name "$root/usr/bin/sh"
	done
	mkdir -p "$root/dev" "$root/proc" "$root/sys" "$root/run" "$root/tmp" \
		"$root/root" "$root/home/user"
	chmod 1777 "$root/tmp"
}

# The guest's own users, and those that the daemons want.
write_users() {
	cat >"$root/etc/passwd" <<-END
		root:x:0:0:root:/root:/bin/sh
		sshd:x:100:65534::/run/sshd:/usr/sbin/nologin
		www-data:x:33:33::/var/www:/usr/sbin/nologin
		user:x:1000:1000:an unprivileged user:/home/user:/bin/sh
		other:x:1001:1001:another one:/tmp:/bin/sh
		nobody:x:65534:65534:nobody:/tmp:/bin/sh
	END
	cat >"$root/etc/group" <<-END
		root:x:0:
		www-data:x:33:
		palisade:x:900:user,www-data
		user:x:1000:
		other:x:1001:
		nogroup:x:65534:
	END
	cat >"$root/etc/nsswitch.conf" <<-END
		passwd: files
		group: files
		hosts: files
	END
	echo '127.0.0.1 localhost guest' >"$root/etc/hosts"
	chown 1000:1000 "$root/home/user" 2>/dev/null || :
}

make_disk() {
	kib=$(du -sk "$root" | cut -f1)
	rm -f "$output.new"
	mke2fs -q -F -t ext4 -O ^has_journal -m 0 -E root_owner=0:0 \
		-d "$root" "$output.new" \
		"$((kib / 1024 * 5 / 4 + 128))M" >/dev/null
	mv "$output.new" "$output"
}

mkdir -p "$(dirname "$output")"
fetch "$@"
unpack
write_users
make_disk
rm -rf "$root"
