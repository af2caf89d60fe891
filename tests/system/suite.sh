# SPDX-License-Identifier: BSD-2-Clause
#
# The scenario of a test run in the guest: launch, run test programs, then look
# whether anything was damaged or lost.
#
# Usage: suite.sh [-d FOLDER] [PROGRAM[:CASE]...]
#   FOLDER   /usr/lib/palisade/tests; its programs are test_* and try_*, its
#            setup.sh is run before the first and cleanup.sh after the last
#   PROGRAM  only these; with :CASE only cases of that name (with * and ?)

. /usr/lib/palisade/tests/lib.sh

folder=$tests
if [ "$1" = -d ]; then
	folder=$2
	shift 2
fi

no_crash_record() {
	! pal log | grep -q CRASH
}

no_pal_is_left() {
	pal status | grep 'no PALs'
}

# Grown for what ran, it keeps at most a spare block and what is in use.
pool_is_small() {
	[ "$(pal status --json | sed 's/.*"pool_blocks":\([0-9]*\).*/\1/')" -le 2 ]
}

nothing_is_lost() {
	left=$(free_kib)
	echo "$free_before KiB were free before, $left KiB are now"
	[ $((free_before - left)) -lt 12288 ]
}

run_program() {	# program[:case]
	name=${1%%:*}
	case=
	[ "$name" = "$1" ] || case=${1#*:}
	# Names as ${case} may hold * and ?, which are the program's.
	set -f
	"$folder/$name" ${case:+"$case"}
	status=$?
	set +f
	# 0: all good, 1: it said what was not.
	[ "$status" -le 1 ] || not_ok "${name}_ends_well" "status $status"
}

free_before=$(free_kib)
claim the_module_loads insmod "$module"
claim the_hypervisor_is_launched enable
[ ! -f "$folder/setup.sh" ] || . "$folder/setup.sh"

if [ $# = 0 ]; then
	for program in "$folder"/test_* "$folder"/try_*; do
		[ ! -x "$program" ] || run_program "${program##*/}"
	done
else
	for program; do
		run_program "$program"
	done
fi

claim a_good_pal_still_works good_pal_works
claim no_pal_is_left no_pal_is_left
claim the_pool_is_small_again pool_is_small
claim the_hypervisor_did_not_crash no_crash_record
[ ! -f "$folder/cleanup.sh" ] || . "$folder/cleanup.sh"
claim the_hypervisor_ends pal disable
claim the_module_unloads rmmod palisade
claim linux_has_its_memory_again nothing_is_lost
claim the_kernel_log_is_clean no_damage_in_log
exit 0
