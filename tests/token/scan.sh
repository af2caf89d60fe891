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

# By the name that scan_test gave it.
find_dump_disk() {
	for name in /sys/block/vd*; do
		[ "$(cat "$name/serial" 2>/dev/null)" != dump ] || {
			dump_disk=/dev/${name##*/}
			return 0
		}
	done
	return 1
}

make_token() {
	in_disk -c '. /in/token/lib.sh; new_token scan'
}

start_signer() {
	rm -f "$work/ready"
	in_disk -c "ulimit -c unlimited; cd /tmp/scan; exec /in/token/run_signer \
		\$pkcs11 scan 73541 /tmp/scan $count $kwp" >"$work/ready" 2>&1 &
	signer=$!
	until grep -q ready "$work/ready"; do
		kill -0 $signer 2>/dev/null || {
			cat "$work/ready"
			return 1
		}
		sleep 1
	done
}

# The core lies in memory, which is written down afterwards.
dump_core() {
	echo /tmp/scan/core >/proc/sys/kernel/core_pattern
	pkill -ABRT -f /in/token/run_signer
	wait $signer
	[ -s "$work/core" ]
}

dump_memory() {
	cat "$root"/var/lib/palisade/tokens/*/* "$root"/tmp/softhsm/*/* \
		>"$work/files" 2>/dev/null
	"$root/in/token/run_dump" "$dump_disk"
}

keep_results() {
	cp "$work/signed" /out/ && sync
}

[ -z "$is_softhsm" ] || kwp=0x210a
count=$1
claim the_disk_is_entered enter_disk
claim palisade_is_installed_there install_ours
claim the_dump_disk_is_there find_dump_disk
mkdir -p "$work" && cp /in/in/* "$work/"
claim the_attacking_module_loads insmod "/lib/attacks/attack-$kernel.ko"
if [ -z "$is_softhsm" ]; then
	claim the_module_loads insmod "$module"
	claim the_hypervisor_is_launched enable
fi
claim a_token_is_made make_token
claim a_program_signs start_signer
claim it_leaves_a_core dump_core
claim a_program_signs_again start_signer
claim all_memory_in_reach_is_written_down dump_memory
claim it_still_signs kill -0 $signer
claim the_signatures_are_kept keep_results
pkill -f /in/token/run_signer
exit 0
