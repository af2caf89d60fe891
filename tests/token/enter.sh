# SPDX-License-Identifier: BSD-2-Clause
#
# For scenarios of the token's tests: into the disk's file system, where the
# programs are, and what we install beside them.  Sourced; takes the options
#
#   -s   SoftHSM2 in our place: to see that the tests are right
#   -l   all sizes and numbers, not only what is quick
#   -f   the key PAL in the simulator, without a hypervisor
#
# off "$@", and leaves $is_softhsm, $is_long, $backend, $root.

. /usr/lib/palisade/tests/lib.sh

root=/mnt
is_softhsm='' is_long='' backend=device
while [ $# -gt 0 ]; do
	case $1 in
	-s) is_softhsm=yes ;;
	-l) is_long=yes ;;
	-f) backend=sim ;;
	*) break ;;
	esac
	shift
done

enter_disk() {
	mount "/dev/$disk" $root &&
	for folder in dev proc sys; do
		mount --bind /$folder $root/$folder || return 1
	done
	mount -t devpts devpts $root/dev/pts 2>/dev/null
	mount -t tmpfs -o mode=1777 tmp $root/tmp &&
	mount -t tmpfs -o mode=755 run $root/run &&
	mkdir -p $root/in $root/usr/lib/pkcs11 $root/usr/lib/palisade/tests &&
	mount --bind /in $root/in
}

# As `make install` would have it, and the key PAL signed by the owner: the
# notary has counters for five tokens of one that is not.
install_ours() {
	cp /usr/bin/pal $root/usr/bin/ &&
	pal keygen -o /run/owner.pem -p /run/owner-public.pem >/dev/null &&
	pal sign -k /run/owner.pem -o $root/usr/lib/palisade/key.pal \
		/in/token/key.pal &&
	cp /in/token/libpalisade-pkcs11.so $root/usr/lib/pkcs11/ &&
	cp /usr/lib/palisade/tests/lib.sh $root/usr/lib/palisade/tests/ &&
	mkdir -p $root/var/lib/palisade/tokens &&
	chgrp 900 $root/var/lib/palisade/tokens &&
	chmod 2770 $root/var/lib/palisade/tokens
}

enable_owned() {
	printf '%s\n' 'mode measured' 'authority owner owner-public.pem' \
		>/run/owner.conf
	pal enable --policy /run/owner.conf --serial 0x3f8
}

# What udev would do.
open_device() {
	chgrp 900 /dev/palisade && chmod 660 /dev/palisade
}

in_disk() {	# command...
	pkcs11=/usr/lib/pkcs11/libpalisade-pkcs11.so
	[ -z "$is_softhsm" ] || pkcs11=/usr/lib/softhsm/libsofthsm2.so
	chroot $root /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root LC_ALL=C PAL_BACKEND=$backend PAL_SIM_QUIET=yes \
		PAL_SIM_STATE=/tmp/sim pkcs11=$pkcs11 is_long="$is_long" \
		is_softhsm="$is_softhsm" /bin/bash "$@"
}
