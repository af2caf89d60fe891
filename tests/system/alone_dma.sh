# SPDX-License-Identifier: BSD-2-Clause
#
# A hostile device, where there is an IOMMU of AMD's or Intel's, and the same
# where there is none: there every attack works.  In the last but one Linux uses
# the IOMMU, as Debian's does with Intel's if nobody tells it otherwise.
# vm: --qemu-arg=-device --qemu-arg=amd-iommu --qemu-arg=-device --qemu-arg=edu,dma_mask=0xffffffffffffffff
# vm: --qemu-arg=-device --qemu-arg=intel-iommu,aw-bits=48,intremap=off --append=intel_iommu=off --qemu-arg=-device --qemu-arg=edu,dma_mask=0xffffffffffffffff
# vm: --qemu-arg=-device --qemu-arg=intel-iommu,aw-bits=48
# vm: --qemu-arg=-device --qemu-arg=edu,dma_mask=0xffffffffffffffff

. /usr/lib/palisade/tests/lib.sh

attacks=/lib/attacks

# QEMU's IOMMUs: their registers, and what in the one at 0x18 says "in use".
if [ -e /sys/firmware/acpi/tables/IVRS ]; then
	registers=0xfed80000 in_use=1
elif [ -e /sys/firmware/acpi/tables/DMAR ]; then
	registers=0xfed90000 in_use=0x4000000	# it has a queue of commands
else
	registers=
fi

linux_uses_the_iommu() {
	[ -e /sys/class/iommu/dmar0 ]
}

status_says() {	# words
	pal status | grep -q "^DMA protection  $1"
}

check_says() {	# words
	pal check | tr -s '[:space:]' ' ' | grep -q "$1"
}

requiring() {	# command... under a policy that requires DMA protection
	printf 'mode measured\nrequire dma-protection\n' >/run/policy.conf
	pal policy compile /run/policy.conf -o /run/policy.bin &&
		pal enable --serial 0x3f8 --policy /run/policy.bin && "$@"
}

fails_saying() {	# words, command...
	words=$1
	shift
	if said=$("$@" 2>&1); then
		echo "it worked: $said"
		return 1
	fi
	echo "$said"
	{ echo "$said"; dmesg | tail -n 3; } | grep -qi "$words"
}

set_control() {	# value
	"$attacks/helper_iommu" "$registers" "$1"
}

run_attacks() {
	for program in try_dma try_dma_messages; do
		"$attacks/$program"
		status=$?
		[ "$status" -le 1 ] ||
			not_ok "${program}_ends_well" "status $status"
	done
}

claim the_attacking_module_loads insmod "$attacks/attack-$kernel.ko"
claim the_module_loads insmod "$module"
if linux_uses_the_iommu; then
	claim check_tells_what_to_do check_says 'intel_iommu=off intremap=off'
fi
claim the_hypervisor_is_launched enable
if linux_uses_the_iommu; then
	claim status_says_that_there_is_no_protection status_says none
	claim the_log_says_why eval 'pal log | grep -q "in use by the OS"'
	claim the_hypervisor_ends pal disable
	claim who_requires_it_is_refused_the_launch \
		fails_saying 'requires DMA protection' requiring true
elif [ "$registers" ]; then
	claim status_says_that_devices_are_held_off status_says on
	run_attacks
	claim the_hypervisor_ends pal disable
	claim a_policy_that_requires_it_is_satisfied requiring good_pal_works
	claim the_hypervisor_ends_again pal disable
	claim an_os_can_use_the_iommu set_control "$in_use"
	claim an_iommu_in_use_is_left_alone enable
	claim status_says_that_it_could_not_be_had status_says none
	claim the_log_says_why eval 'pal log | grep -q "in use by the OS"'
	claim the_hypervisor_ends_once_more pal disable
	claim who_requires_it_is_refused_the_launch \
		fails_saying 'requires DMA protection' requiring true
	claim the_os_gives_up_the_iommu set_control 0
else
	claim status_says_that_there_is_no_protection status_says none
	run_attacks
	claim the_hypervisor_ends pal disable
fi
claim the_attacking_module_unloads rmmod attack
claim the_module_unloads rmmod palisade
claim the_kernel_log_is_clean no_damage_in_log
exit 0
