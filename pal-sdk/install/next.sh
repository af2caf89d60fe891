#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# After `make install`: where things are, and what to do next.
#
# Usage: next.sh DESTDIR PREFIX

destdir=$1 prefix=$2
lib=$prefix/lib/palisade
version=$(cat "$destdir$lib/installed" |
	sed -n 's|^/usr/src/palisade-\(.*\)/dkms.conf$|\1|p')

cat <<END
Installed below ${destdir:-/}: $prefix (all names: $lib/installed), units
and rules for users, the module's source in /usr/src/palisade-$version.

Without a hypervisor:
  PAL_BACKEND=sim $lib/examples/hello -i $lib/hello.pal Ada
  $prefix/bin/pal new vault && cd vault && make test PAL=$prefix/bin/pal
With it, as root (needs the packages dkms and linux-headers-amd64):
  systemd-sysusers palisade.conf && udevadm control --reload
  dkms install palisade/$version && modprobe palisade
  $prefix/bin/pal check && $prefix/bin/pal enable
  $lib/examples/hello -i $lib/hello.pal Ada
\`make uninstall\` with the same PREFIX and DESTDIR takes it away.
END
