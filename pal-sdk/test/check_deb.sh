#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Install the Debian packages in a clean root of this machine's own release and
# build and run a PAL there, as a user, with nothing of the source tree; then
# have pald run it.  The root comes from this machine's own mirror, once, and is
# kept as a tarball, named for the release and what was installed in it.
#
# Usage: check_deb.sh PACKAGES KEPT_FOLDER WORK_FOLDER

set -u
packages=$1 kept=$2 work=$3
. /etc/os-release
codename=${VERSION_CODENAME:-}
root=$work/root
# What the packages depend on, what DKMS needs, and what a PAL's author has.
# libelf-dev: the library's own package has another name in each release.
include=gcc,libc6-dev,libelf-dev,make,dkms,systemd,adduser,binutils,pkgconf
base=$kept/debian-$codename-$(echo $include | cksum | cut -d' ' -f1).tar
. pal-sdk/test/tap.sh

skip() {
	echo "ok 1 - check_deb # SKIP $*"
	echo 1..1
	exit 0
}

inside() {	# as root, without network
	unshare --net chroot "$root" /usr/bin/env -i \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		DEBIAN_FRONTEND=noninteractive "$@" >"$dir/log" 2>&1 </dev/null
}

as_user() {
	inside su author -s /bin/sh -c "cd && $*"
}

[ "$(id -u)" = 0 ] || skip 'a clean root can be made by root only'
[ "$ID" = debian ] || skip "this is $PRETTY_NAME, not Debian"
# What is mounted and started here goes with this script, however it ends.
separate='unshare --mount --pid --fork --kill-child'
$separate true 2>/dev/null || skip 'no right to mount'
[ -n "${IS_SEPARATE:-}" ] || exec env IS_SEPARATE=yes $separate "$0" "$@"

mirror() {
	apt-get indextargets --no-release-info \
		--format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
		awk -v wanted="$codename" '$2 == wanted { print $1; exit }'
}

make_base() {
	command -v debootstrap >/dev/null || skip 'debootstrap is not installed'
	echo '# making a clean root (once)'
	rm -rf "$root"
	debootstrap --variant=minbase --include=$include "$codename" "$root" \
		"$(mirror)" >"$dir/log" 2>&1 || {
		tail -n 5 "$dir/log" | sed 's/^/# /'
		skip 'debootstrap failed: no mirror?'
	}
	rm -rf "$root"/var/cache/apt/archives/*.deb "$kept"/debian-*.tar
	tar -C "$root" -cf "$base.new" . && mv "$base.new" "$base"
}

rm -rf --one-file-system "$work"
mkdir -p "$work" "$kept"
[ -f "$base" ] || make_base
rm -rf "$root"
mkdir -p "$root"
tar -C "$root" -xf "$base"
cp "$packages"/*.deb "$root/root/"
# The simulator and make need these.
trap 'umount "$root/dev" "$root/proc"; rm -rf --one-file-system "$root" "$dir"' EXIT
mount -t proc proc "$root/proc" && mount --bind /dev "$root/dev" ||
	skip 'no right to mount'

inside sh -c 'apt-get install -y --no-install-recommends /root/*.deb'
result $? packages_install_with_what_they_depend_on
inside getent group palisade
result $? the_group_is_made
inside sh -c 'dkms status palisade | grep -q palisade'
result $? the_module_is_known_to_dkms
inside sh -c 'dpkg -V palisade palisade-dkms libpal-dev'
result $? dpkg_finds_every_file_as_packaged
inside sh -c "dpkg-query -W -f '\${Conffiles}' palisade | grep -q default"
result $? the_service_options_are_a_conffile
inside sh -c 'ldconfig -p | grep -q libpal.so.0'
result $? the_library_is_known_to_the_loader
inside useradd -m author
[ ! -e "$root$(pwd)" ]
result $? the_source_tree_is_not_there
as_user 'pal new vault'
result $? a_user_begins_a_project
as_user 'cd vault && make test' && grep -qx ok "$dir/log"
result $? it_builds_and_tests_itself_in_the_simulator
as_user 'cd vault && PAL_BACKEND=sim ./vault 40 2' && grep -qx 42 "$dir/log"
result $? it_runs
as_user 'cd vault && gcc $(pkg-config --cflags pal-host) -o shared vault.c \
	$(pkg-config --libs pal-host) && PAL_BACKEND=sim ./shared 7 &&
	ldd ./shared | grep -q libpal.so.0'
result $? it_links_with_the_shared_library
as_user 'pal measure vault/vault.pal'
result $? it_is_measured
as_user 'pal enable'
[ $? != 0 ] && grep -q 'pal: ' "$dir/log"
result $? without_the_module_enable_says_so

# The service, started by its first client, as a user of its own.
inside systemd-analyze --man=no verify pald.socket pald.service
result $? systemd_understands_the_units
# shellcheck disable=SC2016
inside sh -c 'set -e
	install -d -o palisade -g palisade /run/palisade
	install -D -m 644 ~author/vault/vault.pal \
		/usr/lib/palisade/blocks/vault.pal
	echo "allow user author block vault" >>/etc/palisade/pald.conf
	pald --test
	setpriv --reuid palisade --regid palisade --clear-groups \
		systemd-socket-activate -l /run/palisade/pald.sock \
		-E PAL_BACKEND=sim pald &
	pald=$!
	trap "kill $pald 2>/dev/null || :" EXIT
	until [ -S /run/palisade/pald.sock ]; do sleep 0.1; done
	chmod 666 /run/palisade/pald.sock
	printf "\\50\\0\\0\\0\\0\\0\\0\\0" >/tmp/forty
	said=$(su author -s /bin/sh -c "pal run -s vault </tmp/forty | od -An -tu8")
	! su nobody -s /bin/sh -c "pal run -s vault </tmp/forty" 2>/tmp/refusal
	grep "may use no block" /tmp/refusal
	kill $pald
	wait $pald
	rm -r /run/palisade /usr/lib/palisade/blocks
	[ $said = 40 ]'
result $? the_service_runs_it_for_its_author_and_for_nobody_else

inside apt-get remove -y --purge palisade palisade-dkms libpal-dev
result $? packages_can_be_removed
inside sh -c '[ -z "$(find / -xdev ! -path "/home/*" ! -path "/root/*" \
	! -path "/var/*" ! -path "/proc/*" -iname "*palisade*")" ]'
result $? and_leave_nothing

finish
