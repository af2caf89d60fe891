#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Make sure that the Debian packages needed to build and test Palisade are
# installed.  Installs what is missing and nothing else; when all is there it
# only asks dpkg, which takes a fraction of a second.
#
# Usage: tests/guest/setup.sh [--list]

set -u

packages='
	bash bc binutils bison busybox-static clang clang-format clang-tidy
	cpio cppcheck debootstrap dpkg-dev e2fsprogs flex gcc gpg gpg-agent
	grub-common grub-efi-amd64-bin grub-pc-bin kmod libc6-dev
	libclang-rt-dev libelf-dev libp11-kit-dev linux-libc-dev make mandoc
	mtools openssl ovmf python3 qemu-system-x86 sbsigntool sparse swtpm tpm2-tools
	universal-ctags xorriso xz-utils zstd
'

fail() {
	echo "setup: $*" >&2
	exit 1
}

if [ "${1:-}" = --list ]; then
	echo $packages
	exit 0
fi

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
	fail 'no apt-get here: this needs Debian 12 or 13 (amd64)'
[ "$(dpkg --print-architecture)" = amd64 ] ||
	fail "this machine is $(dpkg --print-architecture); Palisade builds on" \
	     'Debian 12 or 13, amd64, only'

missing=
installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $packages \
	    2>/dev/null | sed -n 's/^.i *//p')
for package in $packages; do
	case " $(echo $installed) " in
	*" $package "*) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

# Derived systems have other mirrors, kernels and package names.
. /etc/os-release
[ "$ID" = debian ] ||
	fail "this is ${PRETTY_NAME:-not Debian}; Palisade builds on Debian 12" \
	     "or 13; packages are missing:$missing"

as_root=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null ||
		fail 'packages are missing and there is no sudo; as root, run:' \
		     "apt-get install --no-install-recommends$missing"
	as_root='sudo env'
fi

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

apt() {
	$as_root ${as_root:+DEBIAN_FRONTEND=noninteractive} \
		apt-get -q -o DPkg::Lock::Timeout=600 "$@" >>"$log" 2>&1 </dev/null
}

install() {
	apt install -y --no-install-recommends $missing
}

export DEBIAN_FRONTEND=noninteractive
echo "setup: installing Debian packages, which takes a few minutes the first" \
	"time:$missing"
# The lists may be absent or older than what the mirror still has.
install || { apt update && install; } || {
	tail -n 15 "$log" >&2
	fail 'apt-get failed (see above); put that right, or run as root:' \
	     "apt-get update && apt-get install --no-install-recommends$missing"
}
