# SPDX-License-Identifier: BSD-2-Clause
#
# The scenario of scan_test: sign, and have a hostile kernel write down all the
# memory that it can reach while signing goes on.
#
# Usage: scan.sh [-s] COUNT
#   -s      SoftHSM2 in our place
#   COUNT   signatures with each key before the dump

. /in/token/enter.sh

kwp=
work=$root/tmp/scan

# The last one, which scan_test has added.
find_dump_disk() {
	for name in /sys/block/vd*; do
		dump_disk=/dev/${name##*/}
	done
	[ "$dump_disk" != "/dev/$disk" ]
}

make_token() {
	in_disk -c '. /in/token/lib.sh; new_token scan'
}

start_signer() {
	: >"$work/ready"
	in_disk -c ". /in/token/lib.sh; ulimit -c unlimited
		echo \$\$ >/tmp/scan/pid
		exec /in/token/run_signer \$pkcs11 scan 73541 /tmp/scan $count \
			$kwp" >"$work/ready" 2>&1 &
	started=$!
	until grep -q ready "$work/ready"; do
		kill -0 $started 2>/dev/null || {
			cat "$work/ready"
			return 1
		}
		sleep 1
	done
	signer=$(cat "$work/pid")
}

# The core lies in memory, which is written down afterwards.
dump_core() {
	echo /tmp/scan/core >/proc/sys/kernel/core_pattern
	kill -ABRT "$signer"
	wait $started
	[ -s "$work/core" ]
}

dump_memory() {
	cat "$root"/var/lib/palisade/tokens/*/* "$root"/tmp/softhsm/*/* \
		>"$work/files" 2>/dev/null
	/in/token/run_dump "$dump_disk"
}

keep_results() {
	cp "$work/signed" /out/ && sync
}

[ -z "$is_softhsm" ] || kwp=0x210a
count=$1
claim the_disk_is_entered enter_disk
claim palisade_is_installed_there install_ours
find_dump_disk || not_ok the_dump_disk_is_there 'there is none'
mkdir -p "$work" && cp /in/in/* "$work/"
claim the_attacking_module_loads insmod "/lib/attacks/attack-$kernel.ko"
if [ -z "$is_softhsm" ]; then
	claim the_module_loads insmod "$module"
	claim the_hypervisor_is_launched enable_owned
fi
claim a_token_is_made make_token
# Not in a claim: that is a subshell, and waits for what was started in it.
start_signer || not_ok a_program_signs 'it ended'
dump_core || not_ok it_leaves_a_core 'there is none'
start_signer || not_ok a_program_signs_again 'it ended'
claim all_memory_in_reach_is_written_down dump_memory
claim it_still_signs kill -0 "$signer"
claim the_signatures_are_kept keep_results
kill "$signer"
exit 0
