#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# palisade-install with this machine's own grub-mkconfig, in mounts of its own:
# /boot, /etc/grub.d and /etc/default are scratch folders there.  grub-probe is
# told what the disk is, since a scratch folder is on none.
#
# Usage: test_install.sh BUILD

set -u
build=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
failed=0 tries=0

skip() {
	echo "skip palisade_install - $*"
	exit 0
}

[ "$(id -u)" = 0 ] || skip 'only root can mount'
command -v grub-mkconfig >/dev/null || skip 'GRUB is not installed'
[ -n "${IS_SEPARATE:-}" ] || {
	unshare --mount true 2>/dev/null || skip 'no right to mount'
	exec env IS_SEPARATE=yes unshare --mount "$0" "$@"
}

claim() {	# name, command...
	name=$1
	shift
	if said=$("$@" 2>&1); then
		echo "ok $name"
	else
		echo "not ok $name - $(echo "$said" | tail -n 2 | tr '\n' ' ')"
		failed=1
	fi
}

work=$(mktemp -d) && mount -t tmpfs none "$work" || exit 1
trap 'cd / && umount -l "$work" && rmdir "$work"' EXIT
mkdir -p "$work/boot/grub" "$work/default/grub.d" "$work/library"
cp -a /etc/grub.d "$work/grub.d"
rm -f "$work/grub.d/30_os-prober" "$work/grub.d/45_palisade"
cp "$build/loader/grub/palisade.elf" "$here/45_palisade" "$work/library"
printf 'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX="quiet"\nGRUB_DISTRIBUTOR=Debian\nGRUB_PALISADE="serial=0x3f8"\n' \
	>"$work/default/grub"
cat >"$work/probe" <<'END'
#!/bin/sh
case $* in
*target=device*) echo /dev/vda1 ;;
*target=fs_uuid*) echo 1234-abcd ;;
*target=fs*) echo ext2 ;;
*target=partmap*) echo gpt ;;
*target=abstraction*) ;;
*) echo unknown ;;
esac
END
chmod +x "$work/probe"
new_kernel() {	# version
	printf 'kernel' >"$work/boot/vmlinuz-$1"
	printf 'initrd' >"$work/boot/initrd.img-$1"
}
new_kernel 6.1.0-1-amd64
mount --bind "$work/boot" /boot
mount --bind "$work/grub.d" /etc/grub.d
mount --bind "$work/default" /etc/default
mount --bind "$work/probe" "$(command -v grub-probe)"
cp "$build/pal-sdk/pal" "$work/pal"
export PALISADE_LIBRARY="$work/library" PATH="$work:$PATH"
menu=/boot/grub/grub.cfg

run() {
	"$here/palisade-install" "$@"
}

files() {
	(cd "$work" && find boot grub.d default -type f ! -name grub.cfg | sort)
}

has_entry() {	# id, words in it
	sed -n "\\%--id '$1'%,/^}/p" $menu | grep -qF -- "$2"
}

no_entry_before_ours_changed() {
	grep -E "^(menuentry|submenu)" "$work/before" |
		sed 's/ {$//' >"$work/a"
	grep -E "^(menuentry|submenu)" $menu | sed 's/ {$//' |
		head -n "$(wc -l <"$work/a")" >"$work/b"
	[ -s "$work/a" ] && cmp "$work/a" "$work/b"
}

default_is() {	# words
	grep -qF "set default=\"$1\"" $menu
}

is_as_before() {
	files >"$work/files.now"
	cmp "$work/files" "$work/files.now" && cmp "$work/before" $menu
}

refuses() {
	! run "$@" && is_as_before
}

refuses_path() {	# path
	! run --efi-entry "$1" && [ ! -e /boot/palisade/efi-entries ]
}

programs_are() {	# number
	[ "$(grep -c "^menuentry .*--id 'palisade-efi-" $menu)" = "$1" ]
}

grub-mkconfig -o $menu >/dev/null 2>&1
cp $menu "$work/before"
files >"$work/files"

claim an_unknown_word_is_refused refuses --frobnicate
claim remove_with_more_is_refused refuses --remove --default
claim it_installs run
claim the_menu_is_one grub-script-check $menu
claim the_image_is_there cmp "$work/library/palisade.elf" \
	/boot/palisade/palisade.elf
claim the_kernel_has_an_entry has_entry palisade \
	'/vmlinuz-6.1.0-1-amd64 os root=UUID=1234-abcd ro quiet'
claim the_hypervisor_has_its_words has_entry palisade 'palisade.elf serial=0x3f8'
claim its_initrd_comes_with_it has_entry palisade \
	'/initrd.img-6.1.0-1-amd64 initrd'
claim the_default_stays default_is 0
claim other_entries_keep_their_numbers no_entry_before_ours_changed
new_kernel 6.12.0-2-amd64
grub-mkconfig -o $menu >/dev/null 2>&1
claim a_newer_kernel_comes_first has_entry palisade 6.12.0-2-amd64
claim the_older_one_follows has_entry palisade-6.1.0-1-amd64 6.1.0-1-amd64
claim the_menu_is_still_one grub-script-check $menu
printf 'mode listed\npal nobody\n' >"$work/text"
claim policy_and_default_can_be_had run --policy "$work/text" --default
claim the_policy_is_in_the_entry has_entry palisade '/policy policy'
claim the_default_is_ours default_is palisade
for path in EFI/x.efi /EFI/ '/EFI/a b' "/EFI/'" '/EFI/$x' '/../x' '' /; do
	claim "no_path_is_refused_$((tries += 1))" refuses_path "$path"
done
claim efi_programs_can_be_had run --efi-entry /EFI/debian/grubx64.efi \
	--efi-entry /EFI/a/b.efi
claim a_program_twice_is_there_once run --efi-entry /EFI/a/b.efi
claim a_program_has_an_entry has_entry palisade-efi-/EFI/a/b.efi \
	'palisade.elf serial=0x3f8 modules=1 os-efi=/EFI/a/b.efi'
claim its_entry_has_the_policy has_entry palisade-efi-/EFI/a/b.efi \
	'/policy policy'
claim each_program_has_one programs_are 2
claim the_menu_has_programs_and_is_one grub-script-check $menu

# Secure Boot, with a key of the owner's.
efi=/boot/efi/EFI/palisade/grubx64.efi
openssl req -new -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=owner/ \
	-keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null

sign() {
	"$here/palisade-sign" --key "$work/key.pem" --cert "$work/cert.pem" "$@"
}

all_has_signatures() {
	for name in palisade/palisade.elf palisade/policy palisade/secure.cfg \
		vmlinuz-6.1.0-1-amd64 initrd.img-6.12.0-2-amd64; do
		[ -s "/boot/$name.sig" ] || { echo "$name"; return 1; }
	done
	[ ! -e /boot/grub/grub.cfg.sig ]
}

its_menu_can_be_chosen_from() {
	grub-script-check /boot/palisade/secure.cfg &&
		grep '^[[:space:]]*menuentry' /boot/palisade/secure.cfg |
		grep -c -- "--id 'palisade[^']*' --unrestricted {" | grep -qx 4
}

signs_nothing() {	# words, options
	words=$1
	shift
	cp $efi "$work/efi"
	! sign "$@" >"$work/said" 2>&1 && grep -q "$words" "$work/said" &&
		cmp $efi "$work/efi"
}

claim it_signs sign
claim the_owners_key_signed_grub sbverify --cert "$work/cert.pem" $efi
claim all_that_is_started_has_a_signature all_has_signatures
claim the_menu_can_be_chosen_from its_menu_can_be_chosen_from
printf 'multiboot2 /boot/palisade/palisade.elf\n' >"$work/text"
claim a_menu_that_goes_on_without_modules_is_refused signs_nothing \
	'modules=N' --menu "$work/text"
printf 'multiboot2 /boot/nothing modules=1\n' >"$work/text"
claim a_menu_with_an_absent_file_is_refused signs_nothing \
	'which is not there' --menu "$work/text"
claim a_wrong_key_is_refused signs_nothing sbsign --key /etc/passwd
rm -r /boot/efi
echo nonsense >"$work/text"
! run --policy "$work/text" >/dev/null 2>&1
claim a_bad_policy_changes_nothing grep -q PALPOL1 /boot/palisade/policy
rm /boot/*6.12.0-2-amd64
claim it_goes run --remove
claim nothing_is_left is_as_before
exit $failed
