# SPDX-License-Identifier: BSD-2-Clause
#
# The scenario of the attacks, for tests/guest/vm: first those that can be shown
# to work without a hypervisor, then all of them under it.
#
# Usage: suite.sh [PROGRAM[:CASE]...]	as tests/system/suite.sh

. /usr/lib/palisade/tests/lib.sh

attacks=/lib/attacks

run_program() {	# program[:case]
	name=${1%%:*}
	case=
	[ "$name" = "$1" ] || case=${1#*:}
	set -f
	"$attacks/$name" ${case:+"$case"}
	status=$?
	set +f
	[ "$status" -le 1 ] || not_ok "${name}_ends_well" "status $status"
}

no_crash_record() {
	! pal log | grep -q CRASH
}

# The programs for a hypervisor that we launched, or that was there before us.
programs() {
	for program in "$attacks"/try_*; do
		program=${program##*/}
		case $launched$program in
		yestry_startup | *try_dma*) ;;	# alone_dma.sh has its device
		notry_apic)
			echo 'try_apic:an_nmi_arrives try_apic:the_*' \
				'try_apic:a_pal_lives*' ;;
		*)
			echo "$program" ;;
		esac
	done
}

claim the_attacking_module_loads insmod "$attacks/attack-$kernel.ko"
claim the_module_loads insmod "$module"
launched=yes
if pal status | grep -q 'before Linux'; then
	launched=no
else
	run_program works_without_hypervisor
	claim the_hypervisor_is_launched enable
fi
found=$(programs)
set -f
# shellcheck disable=SC2086 # words
[ $# != 0 ] || set -- $found
set +f
for program; do
	run_program "$program"
done
claim a_good_pal_works_after_the_attacks good_pal_works
claim the_hypervisor_did_not_crash no_crash_record
[ "$launched" = no ] || claim the_hypervisor_ends pal disable
claim the_attacking_module_unloads rmmod attack
[ "$launched" = no ] || claim the_module_unloads rmmod palisade
claim the_kernel_log_is_clean no_damage_in_log
exit 0
