#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# pal token audit, in the simulator.  Usage: audit_test.sh PAL TOKEN_SIGN
set -u

. pal-sdk/test/tap.sh
pal=$1 sign=$2
mkdir "$dir/tokens" "$dir/state"
head -c 48 /dev/urandom >"$dir/root"
export PAL_SIM_ROOT="$dir/root" PAL_SIM_STATE="$dir/state"
export PALISADE_TOKENS="$dir/tokens"
export PALISADE_PIN=123456 PALISADE_SO_PIN=12345678
file=$dir/tokens/audited/audit

use() {	# how often
	for _ in $(seq "$1"); do
		"$sign" audited key sign text >/dev/null || return 1
	done
}

# The file is changed by a command; what the audit says; the file is put back.
changed() {	# claim words command...
	claim=$1 words=$2
	shift 2
	cp "$file" "$dir/whole"
	"$@"
	expect "$claim" 1 "$words" "$pal" token audit audited
	cp "$dir/whole" "$file"
}

use_at_once() {	# processes
	jobs=
	for _ in $(seq "$1"); do
		use 3 &
		jobs="$jobs $!"
	done
	for job in $jobs; do
		wait "$job" || return 1
	done
}

"$pal" token init --rounds 1000 audited >"$dir/log" 2>&1 &&
	"$pal" token generate -l key audited >>"$dir/log" 2>&1
result $? a_token_is_made
expect a_token_without_uses_is_whole 0 'whole: 0 uses' \
	"$pal" token audit audited
use 6
result $? six_uses
expect uses_are_printed 0 'whole: 6 uses' \
	"$pal" token audit audited

changed a_cut_end_is_missed 'number 6 is missing' sed -i 6d "$file"
changed a_cut_beginning_is_missed 'numbers 1 to 2 are missing' sed -i 1,2d "$file"
changed a_cut_middle_is_missed 'number 3 is missing' sed -i 3d "$file"
changed what_comes_after_a_cut_is_looked_at 'number 6 is missing' \
	sed -i '2d;6d' "$file"
changed a_file_that_is_gone_is_missed 'numbers 1 to 6 are missing' rm "$file"
changed a_time_that_was_changed_is_seen 'number 3 or the one before was changed' \
	sed -i '2s/^\(2\) \([0-9]*\)/\1 1/' "$file"
changed the_last_line_changed_is_seen 'number 6, the last, was changed' \
	sed -i '6s/ 0x[0-9a-f]* / 0x1 /' "$file"
changed numbers_exchanged_are_seen 'was changed' \
	sed -i '2s/^2/X/;3s/^3/2/;2s/^X/3/' "$file"
changed a_line_twice_is_seen 'number 4 is there twice' sed -i 4p "$file"
changed a_false_line_is_seen 'line 2 is none of a record' \
	sed -i '1a what is this' "$file"
changed a_line_cut_short_is_seen 'line 6 is none of a record' \
	sed -i '6s/..$//' "$file"

sed -i '2{h;d};4{p;x}' "$file"		# the same lines in another order
expect the_order_of_lines_does_not_matter 0 'whole: 6 uses' \
	"$pal" token audit audited
use_at_once 4
result $? four_processes_use_the_key_at_once
expect their_uses_are_whole 0 'whole: 18 uses' "$pal" token audit audited

# ---- With a saved head, on a machine without the token

head=$dir/head key=$dir/audit.pem record=$dir/record
offline() {	# options
	env -i "$pal" token audit --head "$head" --key "$key" "$@" "$record"
}

# The record or another file is changed by a command, and put back.
changed_offline() {	# claim words file command...
	claim=$1 words=$2 changed=$3
	shift 3
	cp "$changed" "$dir/whole"
	"$@"
	expect "$claim" 1 "$words" offline
	cp "$dir/whole" "$changed"
}

"$pal" token export --audit-key -o "$key" audited >>"$dir/log" 2>&1
result $? the_key_of_the_record_is_exported
expect a_head_is_saved 0 'whole: 18 uses' \
	"$pal" token audit --save-head "$head" audited
cp "$file" "$record"
expect without_the_token_the_record_is_whole 0 'whole: 18 uses' offline
expect and_says_whose_it_is 0 "$(sed -n 's/^serial //p' "$head")" offline
expect the_uses_are_printed_there_too 0 'sign with mechanism' offline
result "$(offline --quiet 2>&1 | wc -c)" quiet_says_nothing
changed_offline a_cut_end_is_missed_there 'number 18 is missing' "$record" \
	sed -i '/^18 /d' "$record"
changed_offline a_changed_use_is_seen_there 'number 3 or the one before' \
	"$record" sed -i 's/^\(2\) \([0-9]*\)/\1 1/' "$record"
changed_offline a_record_that_is_gone_is_named "$record: No such file" \
	"$record" rm "$record"
changed_offline a_head_that_was_changed_is_refused 'is not signed with' \
	"$head" sed -i 's/^sequence 18/sequence 17/' "$head"
changed_offline a_head_of_somebody_else_s_form_is_refused 'not the head' \
	"$head" sed -i 's/^sequence 18/sequence 018/' "$head"
changed_offline a_head_cut_short_is_refused 'not the head' \
	"$head" truncate -s 200 "$head"
changed_offline a_large_file_is_no_head 'not the head' \
	"$head" cp "$pal" "$head"
"$pal" keygen -o "$dir/other.pem" -p "$dir/other_public.pem" >/dev/null 2>&1
changed_offline another_key_is_refused 'is not signed with' \
	"$key" cp "$dir/other_public.pem" "$key"
use 2
cp "$file" "$record"
expect what_came_after_the_head_is_told_apart 0 \
	'; of 2 more after it nothing is known' offline
expect a_head_without_a_key_is_refused 2 'belong together' \
	"$pal" token audit --head "$head" "$record"
finish
