# SPDX-License-Identifier: BSD-2-Clause
#
# The scenario of make soak: for some minutes everything at once.  PALs come,
# are called, killed and go, on all CPUs; the pool grows and shrinks; memory is
# short; CPUs shall go offline; programs make random hypercalls.  Then the kernel
# races all hypercalls, and everything is accounted for.  The other attacks cannot
# run here: they count what is protected, which changes all the time.
#
# Usage: soak.sh MINUTES | SECONDSs

. /usr/lib/palisade/tests/lib.sh

attacks=/lib/attacks
notes=/run/soak
mkdir -p $notes

# Again and again until time is over; how often is counted.
again() {	# name, command...
	again_name=$1
	shift
	again_count=0
	while [ ! -e $notes/over ]; do
		"$@" >$notes/"$again_name.out" 2>&1 ||
			cp $notes/"$again_name.out" $notes/"$again_name.failed"
		again_count=$((again_count + 1))
		echo $again_count >$notes/"$again_name.count"
	done
}

# The kernel that attacks may end any PAL; what it may not is change an answer.
call_a_pal() {
	said=$(hello world 2>/dev/null) || return 0
	echo "$said" | grep -q world
}

kill_in_the_middle() {
	for what in loop call idle; do
		$tests/helper_hold $what &
		victim=$!
		usleep 300000
		kill -9 $victim
		wait $victim
	done
	return 0
}

# Enough PALs for more blocks, then none.
have_the_pool_grow() {
	victims=
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		$tests/helper_hold idle &
		victims="$victims $!"
	done
	sleep 2
	# shellcheck disable=SC2086 # words
	kill -9 $victims
	# shellcheck disable=SC2086
	wait $victims
	return 0
}

# A third of what is there, of memory that is written.
take_memory() {
	kib=$(awk '/^MemAvailable:/ { print int($2 / 3) }' /proc/meminfo)
	dd if=/dev/zero of=/tmp/soak bs=1024 count="$kib" 2>/dev/null
	rm -f /tmp/soak
}

take_a_cpu() {
	sleep 1
	[ ! -e /sys/devices/system/cpu/cpu1/online ] ||
		! echo 0 >/sys/devices/system/cpu/cpu1/online
}

# Not the kernel's random calls: their blocks come back by a new launch only.
call_at_random() {
	HOSTILE_CALLS=10000 $attacks/try_random_calls 'a_programs*' \
		>$notes/calls 2>&1
	! grep '^not ok' $notes/calls
}

# What Linux keeps of objects, after it has given back all that it can.
slab_kib() {
	for cache in /sys/kernel/slab/*/shrink; do
		echo 1 >"$cache"
	done
	awk '/^SUnreclaim:/ { print $2 }' /proc/meminfo
}

# Free pages of its own, and those of the pool that somebody has: the notary.
hypervisor_pages() {
	pal status --json | sed -n 's/.*"hypervisor_free_bytes":\([0-9]*\),"pool_blocks":\([0-9]*\),"pool_free_pages":\([0-9]*\).*/\1 \2 \3/p' |
		awk '{ print $1 / 4096, 512 * $2 - $3 }'
}

no_crash_record() {
	! pal log | grep -q CRASH
}

no_pal_is_left() {
	pal status | grep 'no PALs'
}

nothing_failed() {
	! cat $notes/*.failed 2>/dev/null
}

# To the page.
the_hypervisor_has_its_pages() {
	now=$(hypervisor_pages)
	echo "free, used: $hypervisor_before before, $now now"
	[ "$now" ] && [ "$now" = "$hypervisor_before" ]
}

# Linux has some in hand, and needs some more than before.  A block has 512.
no_page_is_lost() {
	now=$(unowned_pages)
	echo "$unowned_before pages had no owner before, $now now"
	[ $((now - unowned_before)) -lt 256 ]
}

# Linux keeps objects for what there was most of: processes, open files.
no_object_is_lost() {
	now=$(slab_kib)
	echo "$slab_before KiB before, $now now"
	[ $((now - slab_before)) -lt 2048 ]
}

case ${1:-1} in
*s) seconds=${1%s} length="$seconds seconds" ;;
*) seconds=$((${1:-1} * 60)) length="${1:-1} minutes" ;;
esac

# The first of each leaves things in Linux that it needs once.
warm_up() {
	call_a_pal && kill_in_the_middle && have_the_pool_grow
}

unowned_before=$(unowned_pages)
claim the_attacking_module_loads insmod "$attacks/attack-$kernel.ko"
claim the_module_loads insmod "$module"
claim the_hypervisor_is_launched enable
[ "$failed_count" = 0 ] || exit 1
warm_up >/dev/null 2>&1
claim no_pal_is_left_at_first wait_until no_pal_is_left
slab_before=$(slab_kib)
hypervisor_before=$(hypervisor_pages)

for work in call_a_pal kill_in_the_middle have_the_pool_grow take_memory \
	take_a_cpu call_at_random; do
	again $work $work &
done
sleep "$seconds"
touch $notes/over
wait

claim nothing_failed_meanwhile nothing_failed
HOSTILE_ROUNDS=$((seconds / 12 + 1)) $attacks/try_race_calls
claim a_good_pal_still_works good_pal_works
claim no_pal_is_left wait_until no_pal_is_left
claim the_hypervisor_has_its_pages the_hypervisor_has_its_pages
claim the_hypervisor_did_not_crash no_crash_record
claim no_object_is_lost no_object_is_lost
echo "# $claim_output"
claim the_hypervisor_ends pal disable
claim the_attacking_module_unloads rmmod attack
claim the_module_unloads rmmod palisade
claim no_page_is_lost no_page_is_lost
echo "# $claim_output"
claim the_kernel_log_is_clean no_damage_in_log
echo "soak: $length:" "$(cd $notes && for count in *.count; do
	echo "${count%.count} $(cat "$count")"; done | tr '\n' ',')" \
	"$failed_count failed"
exit 0
