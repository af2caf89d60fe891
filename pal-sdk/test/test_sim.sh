#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The simulator and debugging as people use them: pal run, pal gdb, policies,
# valgrind.
#
# Usage: test_sim.sh BUILD

set -u
build=$1
pal=$build/pal-sdk/pal
tests=$build/pal-sdk/test
hello=$build/examples/hello/hello
. pal-sdk/test/tap.sh
export limit='timeout 300'
export PAL_BACKEND=sim PAL_SIM_QUIET=1
unset PAL_SIM_POLICY

expect it_says_that_it_protects_nothing 0 'protects nothing' \
	env -u PAL_SIM_QUIET "$hello" -i "$hello.pal" Ada
expect a_wrong_backend_is_named 1 'PAL_BACKEND=simm' \
	env PAL_BACKEND=simm "$hello" -i "$hello.pal" Ada

# Entry 3 gives the identity, whose first 48 bytes are the measurement.
"$pal" run -n -e 3 "$tests/sim.pal" >"$dir/identity" 2>"$dir/err"
head -c 48 "$dir/identity" | od -An -v -tx1 | tr -d ' \n' >"$dir/out"
[ "$(cat "$dir/out")" = "$("$pal" measure "$tests/sim.pal")" ]
result $? a_pal_is_told_its_own_measurement

# ---- Policy

"$pal" keygen -o "$dir/key.pem" -p "$dir/pub.pem" >/dev/null 2>&1
"$pal" keygen -o "$dir/other.pem" -p "$dir/other_pub.pem" >/dev/null 2>&1
"$pal" sign -k "$dir/key.pem" -o "$dir/signed.pal" "$hello.pal"
"$pal" sign -k "$dir/other.pem" -o "$dir/foreign.pal" "$hello.pal"
cp "$dir/signed.pal" "$dir/altered.pal"
printf X | dd of="$dir/altered.pal" bs=1 seek=5000 conv=notrunc 2>/dev/null
cat >"$dir/policy.conf" <<END
mode certified
authority we $dir/pub.pem
END
"$pal" policy compile -o "$dir/policy.bin" "$dir/policy.conf" \
	>"$dir/out" 2>"$dir/err"
result $? a_policy_compiles
export PAL_SIM_POLICY="$dir/policy.bin"
expect a_signed_pal_runs 0 'Hello Ada' "$hello" -i "$dir/signed.pal" Ada
expect an_unsigned_pal_is_refused 1 'not signed' "$hello" -i "$hello.pal" Ada
expect a_foreign_pal_is_refused 1 'no authority' \
	"$hello" -i "$dir/foreign.pal" Ada
expect an_altered_pal_is_refused 1 'was changed' \
	"$hello" -i "$dir/altered.pal" Ada
PAL_SIM_POLICY="$dir/policy.conf"
expect a_policy_in_text_does_the_same 0 'Hello Ada' \
	"$hello" -i "$dir/signed.pal" Ada
expect and_refuses_the_same 1 'not signed' "$hello" -i "$hello.pal" Ada
printf 'mode certified\nauthority we pub.pem\n' >"$dir/beside.conf"
PAL_SIM_POLICY="$dir/beside.conf"
expect keys_are_sought_beside_the_policy 0 'Hello Ada' \
	"$hello" -i "$dir/signed.pal" Ada
echo 'mode certain' >"$dir/wrong.conf"
PAL_SIM_POLICY="$dir/wrong.conf"
expect an_error_in_the_text_has_its_line 1 'wrong.conf:1:6: ' \
	"$hello" -i "$dir/signed.pal" Ada
printf 'mode certified\nauthority we gone.pem\n' >"$dir/gone.conf"
PAL_SIM_POLICY="$dir/gone.conf"
expect a_key_that_is_not_there_is_named 1 'gone.pem' \
	"$hello" -i "$dir/signed.pal" Ada
head -c 20000 /dev/zero | tr '\0' '#' >"$dir/long.conf"
PAL_SIM_POLICY="$dir/long.conf"
expect a_long_text_of_nothing_is_refused 1 "no line 'mode'" \
	"$hello" -i "$dir/signed.pal" Ada
head -c 20000 "$dir/policy.bin" >"$dir/large.bin"
truncate -s 20000 "$dir/large.bin"
PAL_SIM_POLICY="$dir/large.bin"
expect a_binary_one_too_large_is_refused 1 'larger than any policy' \
	"$hello" -i "$dir/signed.pal" Ada
head -c 50 "$dir/policy.bin" >"$dir/short.bin"
PAL_SIM_POLICY="$dir/short.bin"
expect a_binary_one_cut_short_is_refused 1 'the notary would refuse' \
	"$hello" -i "$dir/signed.pal" Ada
PAL_SIM_POLICY=/nowhere
expect a_missing_policy_is_named 1 '/nowhere' "$hello" -i "$dir/signed.pal" Ada
unset PAL_SIM_POLICY

# ---- Backtraces

expect a_fault_names_its_line 4 'sim_test_innermost at ' \
	"$pal" run -n -e 6 "$tests/sim.pal"
expect a_fault_names_its_callers 4 'fault at ' \
	"$pal" run -n -e 6 "$tests/sim.pal"
expect the_log_of_a_fault_is_there 4 '[sim-test] about to fault' \
	"$pal" run -n -e 6 "$tests/sim.pal"
expect without_addr2line_there_are_functions 4 'fault+0x' \
	env PATH=/nowhere "$pal" run -n -e 6 "$tests/sim.pal"
cp "$tests/sim.pal" "$dir/sim.pal"
expect without_elf_file_there_are_offsets 4 'sim.elf: is not there' \
	"$pal" run -n -e 6 "$dir/sim.pal"
cp "$tests/faulty.elf" "$dir/sim.elf"
expect another_elf_file_is_noticed 4 'another build' \
	"$pal" run -n -e 6 "$dir/sim.pal"

# ---- gdb

expect gdb_looks_into_no_other_pal 1 'not a debug PAL' \
	"$pal" gdb "$tests/sim_quiet.pal"
expect gdb_that_is_missing_is_named 1 'apt-get install gdb' \
	env PATH=/nowhere "$pal" gdb "$tests/sim.pal"
if command -v gdb >/dev/null; then
	printf hello >"$dir/input"
	expect gdb_stops_at_the_function 0 'reverse (in=' "$pal" gdb -b -e 1 \
		-i "$dir/input" -x 'print in_size' "$tests/sim.pal"
	grep -q '^\$1 = 5' "$dir/out"
	result $? gdb_knows_the_arguments
	expect gdb_stops_at_a_fault 0 '#1  0x' "$pal" gdb -b -e 6 \
		-x continue -x backtrace "$tests/sim.pal"
	grep -q '^#2 .* in fault ' "$dir/out"
	result $? gdb_shows_who_called
	expect a_call_under_gdb_comes_back 0 'pal: the call: 5 bytes' \
		"$pal" gdb -b -e 1 -i "$dir/input" -x continue \
		-x 'shell sleep 0.2' "$tests/sim.pal"
else
	skip gdb_stops_at_the_function 'there is no gdb'
fi

# ---- Tools around the program

# Not the static one: valgrind replaces functions of the C library.
${CC:-cc} -Ihv -Ipal-sdk/include -o "$dir/hello" examples/hello/hello.c \
	"$build/pal-sdk/stage/lib/libpal.a" >"$dir/out" 2>"$dir/err"
result $? libpal_needs_no_other_library
if command -v valgrind >/dev/null; then
	expect valgrind_finds_nothing_wrong 0 'ERROR SUMMARY: 0 errors' \
		valgrind --error-exitcode=9 --leak-check=full \
		"$dir/hello" -i "$hello.pal" Ada
	grep -q 'Hello Ada' "$dir/out"
	result $? a_pal_runs_under_valgrind
else
	skip valgrind_finds_nothing_wrong 'there is no valgrind'
fi
if command -v gdb >/dev/null; then
	expect a_program_runs_under_gdb 0 'Hello Ada' gdb -q -batch -ex run \
		--args "$dir/hello" -i "$hello.pal" Ada
fi

expect top_without_hypervisor_says_so 5 'load the module' "$pal" top
expect a_delay_is_a_number 2 "'soon'" "$pal" top -d soon

finish
