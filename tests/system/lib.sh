# SPDX-License-Identifier: BSD-2-Clause
#
# For scenarios and test_*.sh in the guest: the same lines as case.h gives.
# Sourced; lies in the guest as /usr/lib/palisade/tests/lib.sh.

tests=/usr/lib/palisade/tests
kernel=$(uname -r | cut -d. -f1-2)
module=/lib/palisade/palisade-$kernel.ko
expected_log=/run/expected-log
failed_count=0

ok() {		# name
	echo "ok $1"
}

not_ok() {	# name, why
	echo "not ok $1 - $2"
	failed_count=$((failed_count + 1))
}

skip() {	# name, why
	echo "skip $1 - $2"
}

# The claim holds if the command succeeds; its last words say why not.
claim() {	# name, command...
	claim_name=$1
	shift
	if claim_output=$("$@" 2>&1); then
		ok "$claim_name"
	else
		not_ok "$claim_name" "status $?: $(echo "$claim_output" |
			tail -n 3 | tr '\n' ' ')"
	fi
}

# Up to two minutes: machines are busy.  Its last words stay.
wait_until() {	# command...
	tries=1200
	until "$@"; do
		[ $((tries -= 1)) -gt 0 ] || return 1
		sleep 0.1
	done
}

# Kernel log lines like this one are wanted.
expect_log() {	# extended regular expression
	echo "$1" >>"$expected_log"
}

# Lines of the kernel's log that tell of damage and that no case announced.
damage_in_log() {
	touch "$expected_log"
	dmesg | grep -E 'BUG:|kernel BUG|Oops|WARNING: CPU|soft lockup|hung_task|blocked for more|rcu.*stall|general protection fault|Bad page|Call Trace|lost until reboot|stays pinned' |
		grep -vE -f "$expected_log"
}

no_damage_in_log() {
	! damage_in_log
}

# What nobody uses, the CPUs' own lists of free pages included.
free_kib() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^MemFree:/ { free = $2 } /^ +count:/ { free += 4 * $2 }
		END { print free }' /proc/meminfo /proc/zoneinfo
}

# What Linux' books give to nobody: what modules took page by page, and what is
# lost.  It keeps pages for each CPU, some of which are in no book at a time.
count_unowned() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	echo 1 >/proc/sys/vm/compact_memory
	echo 1 >/proc/sys/vm/stat_refresh
	awk '/^(MemFree|Buffers|Cached|SwapCached|AnonPages|Slab):/ ||
		/^(KernelStack|PageTables|SecPageTables|VmallocUsed|Percpu):/ {
			owned += $2 }
		/^MemTotal:/ { total = $2 } /^ +count:/ { owned += 4 * $2 }
		END { print (total - owned) / 4 }' /proc/meminfo /proc/zoneinfo
}

# The least of some readings; the rest of what changes is less than 100.
unowned_pages() {
	for reading in 1 2 3 4 5 6; do
		count_unowned
	done | sort -n | head -n 1
}

enable() {
	pal enable --serial 0x3f8 "$@"
}

good_pal_works() {
	[ "$(hello world 2>&1 | grep -c world)" -ge 1 ]
}
