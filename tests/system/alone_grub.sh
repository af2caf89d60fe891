# SPDX-License-Identifier: BSD-2-Clause
#
# Booted by GRUB, under the hypervisor: the module connects, everything works as
# after a late launch, CPUs come and go, and nobody ends the hypervisor.  Where
# there is an IOMMU, the hypervisor has it, and Linux does not find it.
# vm: --boot grub --cpus 1 --qemu-arg=-device --qemu-arg=amd-iommu --qemu-arg=-device --qemu-arg=edu,dma_mask=0xffffffffffffffff
# vm: --boot grub --cpus 4 --kernel 6.12
# (and by uefi_test, with --boot uefi --append efi=debug, a TPM, a display and
# Intel's IOMMU; by x2apic_test, on an emulator that has one)

. /usr/lib/palisade/tests/lib.sh

fails_saying() {	# words, command...
	words=$1
	shift
	if said=$("$@" 2>&1); then
		echo "it worked: $said"
		return 1
	fi
	echo "$said"
	echo "$said" | grep -q "$words"
}

status_says() {	# words
	pal status | grep -q "$1"
}

# 4 MiB that Linux was told not to touch, with its own last word on it.
memory_is_reserved() {
	base=$(dmesg | sed -n \
		's/.*Palisade: .* at \(0x[0-9a-f]*\).*/\1/p')
	grep -c . /proc/iomem >/dev/null && dmesg |
		grep -E 'BIOS-e820: .* reserved' | grep -q "${base#0x}" ||
		[ -z "$base" ]
}

a_file_is_signed() {
	sign -o /run/signature -p /run/key.pem /etc/passwd
}

all_have_answered() {
	[ "$(dmesg | grep -c 'NMI backtrace for cpu')" -ge "$(nproc)" ]
}

# Each CPU says where it is, by an NMI.
nmis_arrive() {
	echo l >/proc/sysrq-trigger
	wait_until all_have_answered
}

cpu() {	# number, 0 or 1
	echo "$2" >"/sys/devices/system/cpu/cpu$1/online"
}

# With the others gone, too, memory can be had from Linux.
cpus_go_and_come() {
	last=$(($(nproc) - 1))
	for round in 1 2 3; do
		for number in $(seq 1 $last); do
			cpu "$number" 0 || return
		done
		good_pal_works || return
		for number in $(seq 1 $last); do
			cpu "$number" 1 || return
		done
	done
	taskset -c $last hello world | grep -q world
}

# Of ranges in order, what is 4 MiB in sum: firmware may have made parts of it.
four_mib_of() {
	last=-1
	while read -r from to; do
		[ $((from)) = $((last + 1)) ] || begin=$from
		last=$to
		[ $((to - begin + 1)) != $((4 << 20)) ] ||
			printf '%x-%x' $((begin)) $((to))
	done
}

# UEFI's map names each page once: what is reserved there is in no other part.
efi_map_reserves_it() {
	range=$(dmesg | sed -n 's/.*efi: mem.*\[Reserved .*range=\[\(0x[0-9a-f]*\)-\(0x[0-9a-f]*\)\].*/\1 \2/p' |
		four_mib_of)
	echo "reserved: $range"
	grep -q "^$range : Reserved" /proc/iomem
}

# The vendor is one whose variables Linux lets anybody remove.
a_variable_is_kept() {
	variables=/sys/firmware/efi/efivars
	name=$variables/Palisade-cfc8fc79-be2e-4ddc-97f0-9f98bfe298a0
	modprobe efivarfs && mount -t efivarfs none $variables &&
		ls $variables/BootOrder-* &&
		printf '\7\0\0\0kept' >"$name" &&
		umount $variables && mount -t efivarfs none $variables &&
		tail -c 4 "$name" | grep -q kept &&
		rm "$name" && ! [ -e "$name" ]
}

there_is_a_picture() {
	cat /sys/class/graphics/fb0/name /sys/class/graphics/fb0/virtual_size
	grep -q 'EFI VGA' /sys/class/graphics/fb0/name &&
		dd if=/dev/zero of=/dev/fb0 bs=4096 count=16
}

smbios_is_found() {
	grep -q QEMU /sys/class/dmi/id/sys_vendor
}

# The host compares it with the files: uefi_test.
what_was_measured_is_told() {
	mount -t securityfs none /sys/kernel/security
	mkdir -p /out/measured/pcrs &&
		cat /sys/kernel/security/tpm0/binary_bios_measurements \
			>/out/measured/log &&
		cp /sys/class/tpm/tpm0/pcr-sha256/* /out/measured/pcrs
}

has_x2apic() {
	grep -q x2apic /sys/class/dmi/id/product_serial
}

linux_uses_the_x2apic() {
	dmesg | grep -E 'x2apic enabled|Switched APIC routing to.* x2apic'
}

acpi_is_found() {
	dmesg | grep -q 'ACPI: RSDP 0x' && [ -e /sys/firmware/acpi/tables/APIC ]
}

has_taken_the_iommu() {
	[ -e /sys/firmware/acpi/tables/PVRS ] ||
		[ -e /sys/firmware/acpi/tables/PMAR ]
}

linux_has_no_iommu() {
	[ -z "$(ls /sys/class/iommu)" ]
}

expect_log 'NMI backtrace|Call Trace'
if grep -q efi=debug /proc/cmdline; then
	claim uefi_is_there [ -d /sys/firmware/efi ]
	claim uefis_map_reserves_the_hypervisor efi_map_reserves_it
	claim a_variable_is_written_and_read a_variable_is_kept
	claim there_is_a_framebuffer there_is_a_picture
	claim smbios_is_found smbios_is_found
	claim what_was_measured_is_told what_was_measured_is_told
fi
! has_x2apic || claim linux_uses_the_x2apic linux_uses_the_x2apic
claim acpi_is_found acpi_is_found
claim the_module_connects insmod "$module"
claim status_says_how_it_was_started status_says 'before Linux, by GRUB'
# uefi_test has GRUB bring a policy.
policy='none: every PAL may run'
[ ! -d /sys/firmware/efi ] || policy='mode measured, allow debug'
claim status_says_which_policy_grub_brought \
	status_says "^policy  *$policy"
claim status_says_how_many_cpus status_says "running on $(nproc) CPU"
claim a_pal_works good_pal_works
claim a_file_is_signed a_file_is_signed
if has_taken_the_iommu; then
	claim linux_has_no_iommu linux_has_no_iommu
	claim devices_are_held_off status_says '^DMA protection  on'
	claim the_attacking_module_loads \
		insmod "/lib/attacks/attack-$kernel.ko"
	/lib/attacks/try_dma
	status=$?
	[ "$status" -le 1 ] || not_ok try_dma_ends_well "status $status"
	claim the_attacking_module_unloads rmmod attack
else
	claim devices_are_not_held_off status_says '^DMA protection  none'
fi
claim enable_finds_it_running enable
claim nobody_ends_it fails_saying 'stays until the machine restarts' \
	pal disable
claim force_does_not_either fails_saying 'stays until the machine restarts' \
	pal disable --force
claim the_module_stays_while_connected fails_saying 'unload' rmmod palisade
[ "$(nproc)" = 1 ] || claim nmis_arrive nmis_arrive
[ "$(nproc)" = 1 ] || claim cpus_go_and_come cpus_go_and_come
claim a_pal_still_works good_pal_works
claim the_kernel_log_is_clean no_damage_in_log
exit 0
