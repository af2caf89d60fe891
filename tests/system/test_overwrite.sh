#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# `pal enable` asks the firmware to overwrite memory at a reset.  No firmware
# of the tests' machines knows how, so its variables are files here, as efivarfs
# would have them.  Starts and ends with the hypervisor launched and no PAL.

. /usr/lib/palisade/tests/lib.sh

variables=/sys/firmware/efi/efivars
request=$variables/MemoryOverwriteRequestControl-e20939be-32d4-41be-a150-897f85d49829
lock=$variables/MemoryOverwriteRequestControlLock-bb983ccf-151d-40e1-a07b-4a17be168292

make() {	# variable, byte in octal
	printf "\\007\\0\\0\\0\\$2" >"$1"
}

is() {		# variable, byte in hexadecimal
	[ "$(od -An -tx1 "$1" | tr -d ' \n')" = "07000000$2" ] ||
		{ od -tx1 "$1"; false; }
}

enable_says() {	# words
	pal disable >/dev/null && enable | grep "^Memory is $1"
}

where_it_cannot() {
	enable_says 'not overwritten' && [ ! -e "$request" ]
}

where_it_can() {
	make "$request" 0 && make "$lock" 0 &&
		enable_says overwritten && is "$request" 11 && is "$lock" 01
}

where_it_has_no_lock() {
	rm "$lock" && make "$request" 20 && enable_says overwritten &&
		is "$request" 11 && [ ! -e "$lock" ]
}

mount -t tmpfs none /sys/firmware
claim firmware_without_the_variable_is_left_alone where_it_cannot
mkdir -p $variables
claim firmware_without_the_variable_gets_none where_it_cannot
claim firmware_is_asked_to_overwrite_memory where_it_can
claim firmware_without_a_lock_is_asked_too where_it_has_no_lock
umount /sys/firmware
pal disable >/dev/null
claim the_hypervisor_starts_without enable
exit 0
