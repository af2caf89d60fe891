#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Install the Debian packages in a clean root of this machine's own release and
# build and run a PAL there, as a user, with nothing of the source tree.  The
# root comes from this machine's own mirror, once, and is kept as a tarball.
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
count=0 failed=0

result() {	# status claim
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		sed 's/^/# /' "$work/log"
		failed=1
	fi
}

skip() {
	echo "ok 1 - check_deb # SKIP $*"
	echo 1..1
	exit 0
}

inside() {	# as root, without network
	unshare --net chroot "$root" /usr/bin/env -i \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		DEBIAN_FRONTEND=noninteractive "$@" >"$work/log" 2>&1 </dev/null
}

as_user() {
	inside su author -s /bin/sh -c "cd && $*"
}

[ "$(id -u)" = 0 ] || skip 'a clean root can be made by root only'
[ "$ID" = debian ] || skip "this is $PRETTY_NAME, not Debian"

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
		"$(mirror)" >"$work/log" 2>&1 || {
		tail -n 5 "$work/log" | sed 's/^/# /'
		skip 'debootstrap failed: no mirror?'
	}
	rm -rf "$root"/var/cache/apt/archives/*.deb
	tar -C "$root" -cf "$base.new" . && mv "$base.new" "$base"
}

rm -rf "$work"
mkdir -p "$work" "$kept"
[ -f "$base" ] || make_base
rm -rf "$root"
mkdir -p "$root"
tar -C "$root" -xf "$base"
cp "$packages"/*.deb "$root/root/"
# The simulator and make need these.
mount -t proc proc "$root/proc" && mount --bind /dev "$root/dev" || skip \
	'no right to mount'
trap 'umount "$root/dev" "$root/proc"; rm -rf "$root"' EXIT

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
as_user 'cd vault && make test' && grep -qx ok "$work/log"
result $? it_builds_and_tests_itself_in_the_simulator
as_user 'cd vault && PAL_BACKEND=sim ./vault 40 2' && grep -qx 42 "$work/log"
result $? it_runs
as_user 'cd vault && gcc $(pkg-config --cflags pal-host) -o shared vault.c \
	$(pkg-config --libs pal-host) && PAL_BACKEND=sim ./shared 7 &&
	ldd ./shared | grep -q libpal.so.0'
result $? it_links_with_the_shared_library
as_user 'pal measure vault/vault.pal'
result $? it_is_measured
as_user 'pal enable'
[ $? != 0 ] && grep -q 'pal: ' "$work/log"
result $? without_the_module_enable_says_so
inside apt-get remove -y --purge palisade palisade-dkms libpal-dev
result $? packages_can_be_removed
inside sh -c '[ -z "$(find / -xdev ! -path "/home/*" ! -path "/root/*" \
	! -path "/var/*" ! -path "/proc/*" -iname "*palisade*")" ]'
result $? and_leave_nothing

echo "1..$count"
exit $failed
