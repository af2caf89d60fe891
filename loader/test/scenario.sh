#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The module's tests, in the guest.  Needs launch_test, module_test
# and kcore_test in /in.
#
# Usage: scenario.sh [ERRNO REASON]    (with them: this machine is refused so)

module=/lib/palisade/palisade-$(uname -r | cut -d. -f1,2).ko
image=/lib/palisade/palisade.bin
cpu=/sys/devices/system/cpu/cpu1/online
failed=0

report() {	# CLAIM STATUS
	if [ "$2" = 0 ]; then
		echo "ok   $1"
	else
		echo "FAIL $1"
		failed=1
	fi
}

is() {		# CLAIM COMMAND...
	claim=$1
	shift
	"$@" >/dev/null 2>&1
	report "$claim" $?
}

isnt() {	# CLAIM COMMAND...
	claim=$1
	shift
	! "$@" >/dev/null 2>&1
	report "$claim" $?
}

write() {	# TEXT FILE
	echo "$1" >"$2"
}

insmod "$module" || exit 1
write 1 /proc/sys/kernel/kptr_restrict	# kcore_test wants addresses

if [ $# = 2 ]; then
	is "this_machine_is_refused_with_$1_$2" \
		/in/launch_test $image check "$1" "$2"
	is a_refusal_is_logged sh -c 'dmesg | grep -q "palisade: CPU 0: "'
	is the_module_can_be_removed rmmod palisade
	exit $failed
fi

is a_good_machine_passes_the_check /in/launch_test $image check 0 0
/in/launch_test $image || failed=1

if [ -f $cpu ]; then
	write 0 $cpu
	is an_offline_cpu_forbids_launching \
		/in/launch_test $image check 95 10
	write 1 $cpu
fi

is it_launches /in/launch_test $image launch
[ ! -f $cpu ] || {
	write 0 $cpu 2>/dev/null
	is no_cpu_goes_offline_while_launched grep -q 1 $cpu
}
isnt no_sleep_while_launched write mem /sys/power/state
isnt no_freezing_while_launched write freeze /sys/power/state
isnt no_rmmod_while_launched rmmod palisade
is all_memory_can_be_scanned_while_launched /in/kcore_test
/in/module_test || failed=1
[ ! -f $cpu ] || {
	write 0 $cpu
	is cpus_go_offline_after_unloading grep -q 0 $cpu
	write 1 $cpu
}
is the_module_can_be_removed rmmod palisade
isnt the_kernel_has_nothing_to_complain_of \
	sh -c 'dmesg | grep -qE "BUG:|WARNING: CPU|Oops|blocked for more"'

# Power goes off while launched: the reboot notifier's turn.
insmod "$module"
is it_launches_before_power_off /in/launch_test $image launch
exit $failed
