# SPDX-License-Identifier: BSD-2-Clause
#
# The scenario of the token's tests with real programs, for tests/guest/vm with
# --disk (make guest-disk) and --in build/tests/token/in/token.
#
# Usage: suite.sh [-s] [-l] [-f] [TEST...]	options: enter.sh

. /in/token/enter.sh

no_pal_is_left() {
	pal status | grep 'no PALs'
}

no_crash_record() {
	! pal log | grep -q CRASH
}

claim the_disk_is_entered enter_disk
claim palisade_is_installed_there install_ours
if [ $backend = device ] && [ -z "$is_softhsm" ]; then
	claim the_module_loads insmod "$module"
	claim the_hypervisor_is_launched enable_owned
	claim the_device_is_the_groups open_device
fi
mkdir -p $root/tmp/sim

[ $# -gt 0 ] || set -- /in/token/test_*.sh
for test; do
	name=${test##*/}
	name=${name%.sh}
	start=$(cut -d. -f1 /proc/uptime)
	in_disk "/in/token/$name.sh" || not_ok "${name}_ends_well" "status $?"
	# Programs look into every token that there is.
	rm -rf "$root"/var/lib/palisade/tokens/*
	echo "# $name took $(($(cut -d. -f1 /proc/uptime) - start)) s"
done

if [ $backend = device ] && [ -z "$is_softhsm" ]; then
	claim no_pal_is_left no_pal_is_left
	claim the_hypervisor_did_not_crash no_crash_record
	claim the_hypervisor_ends pal disable
	claim the_module_unloads rmmod palisade
fi
claim the_kernel_log_is_clean no_damage_in_log
exit 0
