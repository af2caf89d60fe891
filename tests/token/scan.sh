# SPDX-License-Identifier: BSD-2-Clause
#
# The scenario of scan_test: sign, and have a hostile kernel write down all the
# memory that it can reach while signing goes on.
#
# Usage: scan.sh [-s] COUNT
#   -s      SoftHSM2 in our place
#   COUNT   signatures with each key before the core is dumped; the program that
#           signs while memory is, has made 20 before

. /in/token/enter.sh

kwp=
work=$root/tmp/scan

# The disks that scan_test has added have names.
disk_called() {	# name
	serial=$(grep -lx "$1" /sys/block/vd*/serial) &&
		serial=${serial%/serial} && echo "/dev/${serial##*/}"
}

memory_can_be_swapped() {
	swap_disk=$(disk_called swap) && mkswap "$swap_disk" &&
		swapon "$swap_disk" && mkdir -p /run/cgroup &&
		mount -t cgroup2 cgroup /run/cgroup &&
		echo +memory >/run/cgroup/cgroup.subtree_control &&
		mkdir /run/cgroup/signer
}

# All of the program that can be; it pages back in what it needs.
swap_out() {
	for _ in 1 2 3; do
		echo 64M >/run/cgroup/signer/memory.reclaim 2>/dev/null
	done
	swapped=$(sed -n 's/^VmSwap:[^0-9]*\([0-9]*\) kB/\1/p' \
		"/proc/$signer/status")
	echo "$swapped KiB are swapped out"
	[ "$swapped" -gt 0 ]
}

read_processes() {
	/in/token/run_processes >"$work/processes"
}

make_token() {
	in_disk -c '. /in/token/lib.sh; new_token scan'
}

start_signer() {
	: >"$work/ready"
	{ echo 0 >/run/cgroup/signer/cgroup.procs && in_disk -c ". /in/token/lib.sh; ulimit -c unlimited
		echo \$\$ >/tmp/scan/pid
		exec /in/token/run_signer \$pkcs11 scan 73541 /tmp/scan $count \
			$kwp"; } >"$work/ready" 2>&1 &
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
	/in/token/run_dump "$(disk_called dump)" && sync
}

keep_results() {
	cp "$work/signed" /out/ && sync
}

[ -z "$is_softhsm" ] || kwp=0x210a
count=$1
again=20
claim the_disk_is_entered enter_disk
claim palisade_is_installed_there install_ours
claim memory_can_be_swapped memory_can_be_swapped
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
count=$again
start_signer || not_ok a_program_signs_again 'it ended'
claim its_memory_is_read read_processes
claim its_memory_is_swapped_out swap_out
claim all_memory_in_reach_is_written_down dump_memory
claim it_still_signs kill -0 "$signer"
claim the_signatures_are_kept keep_results
kill "$signer"
exit 0
