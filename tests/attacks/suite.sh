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

claim the_attacking_module_loads insmod "$attacks/attack-$kernel.ko"
[ $# != 0 ] || for program in "$attacks"/works_*; do
	[ ! -x "$program" ] || run_program "${program##*/}"
done
claim the_module_loads insmod "$module"
claim the_hypervisor_is_launched enable
if [ $# = 0 ]; then
	for program in "$attacks"/try_*; do
		run_program "${program##*/}"
	done
else
	for program; do
		run_program "$program"
	done
fi
claim a_good_pal_works_after_the_attacks good_pal_works
claim the_hypervisor_did_not_crash no_crash_record
claim the_hypervisor_ends pal disable
claim the_attacking_module_unloads rmmod attack
claim the_module_unloads rmmod palisade
claim the_kernel_log_is_clean no_damage_in_log
exit 0
