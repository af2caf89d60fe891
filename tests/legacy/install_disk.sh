#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A disk as palisade-install leaves it: an ext4 file system with /boot and in it
# the kernels of KERNELS, INITRD for each, and the menu that this machine's own
# grub-mkconfig writes.  In mounts of its own; grub-probe is told what the disk
# is.
#
# Usage: install_disk.sh BUILD KERNELS INITRD UUID IMAGE
set -eu

[ -n "${IS_SEPARATE:-}" ] ||
	exec env IS_SEPARATE=yes unshare --mount "$0" "$@"
build=$(realpath "$1")
kernels=$(realpath "$2")
initrd=$(realpath "$3")
uuid=$4
image=$(realpath "$5")
here=$(realpath "$(dirname "$0")/../../loader/grub")
PATH=$PATH:/usr/sbin:/sbin

work=$(mktemp -d)
mount -t tmpfs none "$work"
trap 'cd / && umount -l "$work" && rmdir "$work"' EXIT
mkdir "$work/root"
mount -t tmpfs none "$work/root"	# paths in the menu are from its root
mkdir -p "$work/root/boot/grub" "$work/default/grub.d" "$work/library"
cp -a /etc/grub.d "$work/grub.d"
rm -f "$work/grub.d/30_os-prober" "$work/grub.d/45_palisade"
cp "$build/loader/grub/palisade.elf" "$here/45_palisade" "$work/library"
printf '%s\n' GRUB_TIMEOUT=0 GRUB_DISTRIBUTOR=Debian GRUB_TERMINAL=serial \
	'GRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200"' \
	'GRUB_CMDLINE_LINUX="console=ttyS0 panic=-1"' \
	'GRUB_PALISADE="serial=0x3f8"' >"$work/default/grub"
cat >"$work/probe" <<END
#!/bin/sh
case \$* in
*target=device*) echo /dev/sda ;;
*target=fs_uuid*) echo $uuid ;;
*target=fs*) echo ext2 ;;
*target=partmap* | *target=abstraction* | *target=hints_string*) ;;
*target=compatibility_hint*) echo hd0 ;;
*) echo unknown ;;
esac
END
chmod +x "$work/probe"
for kernel in "$kernels"/vmlinuz-*; do
	cp "$kernel" "$work/root/boot"
	cp "$initrd" "$work/root/boot/initrd.img-${kernel##*/vmlinuz-}"
done
mount --bind "$work/root/boot" /boot
mount --bind "$work/grub.d" /etc/grub.d
mount --bind "$work/default" /etc/default
mount --bind "$work/probe" "$(command -v grub-probe)"
PALISADE_LIBRARY=$work/library "$here/palisade-install" --default
mke2fs -q -F -t ext4 -U "$uuid" -d "$work/root" "$image" 128M
