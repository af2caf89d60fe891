#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The module's life: what it refuses while the hypervisor or PALs are there,
# what force does, and that each launch is as good as the first.
# Starts and ends with the hypervisor launched and no PAL.

. /usr/lib/palisade/tests/lib.sh

# Start helper_hold in the background; $held is its process.
hold() {	# what it does
	"$tests/helper_hold" "$1" >/run/held 2>&1 &
	held=$!
	wait_until grep -q ready /run/held
}

let_go() {
	kill -9 "$held"
	wait "$held"
	return 0
}

is_launched() {
	pal status | grep -q 'running on'
}

has_ended() {
	! kill -0 "$held" 2>/dev/null
}

# The command fails and says so.
refused() {	# words, command...
	refused_words=$1
	shift
	if refused_output=$("$@" 2>&1); then
		echo "it worked: $refused_output"
		return 1
	fi
	echo "$refused_output"
	echo "$refused_output" | grep -qi "$refused_words"
}

rmmod_is_refused() {
	refused 'in use\|busy\|temporarily' rmmod palisade && is_launched
}

rmmod_is_refused_with_pals() {
	hold loop && rmmod_is_refused
	status=$?
	let_go
	return "$status"
}

disable_is_refused_with_pals() {
	hold "$1" && refused 'PALs live' pal disable && is_launched &&
		kill -0 "$held"
	status=$?
	let_go
	return "$status"
}

# Its next call meets nobody: the process gets SIGILL, the machine goes on.
force_ends_a_pal_that() {
	hold "$1" && pal disable --force && ! is_launched 2>/dev/null &&
		refused 'pal enable' "$tests/helper_hold" idle
	status=$?
	[ "$1" = idle ] || wait_until has_ended || status=7
	kill -9 "$held" 2>/dev/null
	wait "$held"
	enable >/dev/null && good_pal_works && return "$status"
}

ten_launches_are_as_good_as_one() {
	before=$(free_kib)
	for round in $(seq 10); do
		pal disable >/dev/null && enable >/dev/null &&
			good_pal_works || {
			echo "round $round"
			return 1
		}
	done
	after=$(free_kib)
	echo "$before KiB free before, $after after"
	[ $((before - after)) -lt 2048 ]
}

a_second_launch_changes_nothing() {
	enable 2>&1 | grep -q 'already running' && good_pal_works
}

# The module under another name, with a device of that name.
second=/run/second.ko

use_second() {
	mv /dev/palisade /run/first && ln -s balisade /dev/palisade
}

use_first() {
	rm /dev/palisade && mv /run/first /dev/palisade
}

# First it cannot be loaded; when it was before, it cannot launch.
a_second_copy_gets_nothing() {
	sed 's/palisade/balisade/g' "$module" >$second
	refused . insmod $second && pal disable >/dev/null &&
		insmod $second && enable >/dev/null || return 1
	use_second
	enable 2>&1 | grep -q 'already running' && refused . hello world
	status=$?
	use_first
	good_pal_works && rmmod balisade && return "$status"
}

# So it is a whole copy.
a_copy_works_alone() {
	pal disable >/dev/null && insmod $second || return 1
	use_second
	enable >/dev/null && good_pal_works && pal disable >/dev/null
	status=$?
	use_first
	rmmod balisade && enable >/dev/null && return "$status"
}

no_launch_from_a_bad_image() {
	pal disable >/dev/null
	image=/lib/palisade/palisade.bin
	size=$(stat -c %s "$image")
	bad=/run/bad.bin
	status=0
	: >"$bad"
	refused . pal enable --image "$bad" || status=1
	for part in 1 39 4096 $((size - 1)); do
		head -c "$part" "$image" >"$bad"
		refused . pal enable --image "$bad" || status=2
	done
	head -c "$size" /dev/urandom >"$bad"
	refused . pal enable --image "$bad" || status=3
	head -c 5000000 /dev/zero >"$bad"
	refused . pal enable --image "$bad" || status=4
	# One changed byte in what the header says of the image and its version;
	# the entry points that follow are root's word, as all of the code is.
	for at in $(seq 0 23); do
		cp "$image" "$bad"
		printf '\377' | dd of="$bad" bs=1 seek="$at" conv=notrunc 2>/dev/null
		cmp -s "$image" "$bad" || refused . pal enable --image "$bad" ||
			status=$((100 + at))
	done
	rm -f "$bad"
	enable >/dev/null && good_pal_works && return "$status"
}

cpus_stay_online() {
	expect_log 'CPU [0-9]+ cannot go offline'
	refused . sh -c 'echo 0 >/sys/devices/system/cpu/cpu1/online' &&
		[ "$(cat /sys/devices/system/cpu/cpu1/online)" = 1 ] &&
		dmesg | grep -q 'cannot go offline under the hypervisor' &&
		good_pal_works
}

# With one offline there is no launch: it could come back outside.
no_launch_with_a_cpu_offline() {
	pal disable >/dev/null
	echo 0 >/sys/devices/system/cpu/cpu1/online
	refused . pal enable
	status=$?
	echo 1 >/sys/devices/system/cpu/cpu1/online
	enable >/dev/null && good_pal_works && return "$status"
}

sleep_is_refused() {
	for state in $(cat /sys/power/state); do
		refused 'busy' sh -c "echo $state >/sys/power/state" || return 1
	done
	dmesg | grep -q 'no sleep while the hypervisor is there' &&
		good_pal_works
}

# What the hypervisor says of it, and the kernel's copy, which has the hash.
status_shows_the_policy() {
	printf 'mode measured\nallow debug\nmax-memory 64M\n' >/run/policy.conf
	pal disable >/dev/null && enable --policy /run/policy.conf >/dev/null &&
		pal status | grep -q '^policy  *mode measured, allow debug$' &&
		pal status | grep -qE '^ +SHA-384 [0-9a-f]{96}$' &&
		pal status --json |
		grep -q '"policy":{.*"max_memory":67108864,.*"sha384":"'
	status=$?
	pal disable >/dev/null && enable >/dev/null && good_pal_works &&
		pal status | grep -q '^policy  *none' && return "$status"
}

only_root_may_disable() {
	refused 'root' su user -c 'pal disable' && is_launched
}

users_of_the_group_may_use_pals() {
	chgrp palisade /dev/palisade && chmod 660 /dev/palisade
	su user -c 'hello world' | grep -q world &&
		refused 'palisade' su other -c 'hello world'
}

claim the_module_does_not_unload_under_the_hypervisor rmmod_is_refused
claim the_module_does_not_unload_while_a_pal_runs rmmod_is_refused_with_pals
claim disable_is_refused_while_a_pal_is_open disable_is_refused_with_pals idle
claim disable_is_refused_while_a_pal_runs disable_is_refused_with_pals loop
claim force_ends_a_pal_that_is_idle force_ends_a_pal_that idle
claim force_ends_a_pal_that_loops force_ends_a_pal_that loop
claim force_ends_a_pal_that_is_called force_ends_a_pal_that call
claim ten_launches_are_as_good_as_one ten_launches_are_as_good_as_one
claim a_second_launch_changes_nothing a_second_launch_changes_nothing
claim a_second_copy_of_the_module_gets_nothing a_second_copy_gets_nothing
claim a_copy_of_the_module_works_alone a_copy_works_alone
claim no_launch_from_a_bad_image no_launch_from_a_bad_image
claim status_shows_the_policy_in_force status_shows_the_policy
claim only_root_may_disable only_root_may_disable
claim users_of_the_group_may_use_pals users_of_the_group_may_use_pals
if [ -f /sys/devices/system/cpu/cpu1/online ]; then
	claim cpus_stay_online_under_the_hypervisor cpus_stay_online
	claim no_launch_with_a_cpu_offline no_launch_with_a_cpu_offline
else
	skip cpus_stay_online_under_the_hypervisor 'there is one CPU'
fi
if [ -s /sys/power/state ]; then
	claim sleep_is_refused_under_the_hypervisor sleep_is_refused
else
	skip sleep_is_refused_under_the_hypervisor 'Linux cannot sleep here'
fi
[ "$failed_count" = 0 ]
