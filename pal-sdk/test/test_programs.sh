#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The pal command, and PALs in the simulator, as people use them: output,
# messages, exit statuses.
#
# Usage: test_programs.sh BUILD

set -u
unset PAL_BACKEND
build=$1
pal=$build/pal-sdk/pal
tests=$build/pal-sdk/test
hello=$build/examples/hello/hello.pal
sign=$build/examples/sign/sign.pal
. pal-sdk/test/tap.sh

expect help 0 'Exit status' $pal --help
expect version 0 'ABI' $pal --version
expect no_command_is_wrong_usage 2 'usage: pal' $pal
expect an_unknown_command_is_named 2 \
	"pal: no command 'fly'; \`pal --help\` lists all" $pal fly
expect the_nearest_command_is_named 2 "did you mean 'inspect'?" $pal inpsect
expect also_of_the_policy_commands 2 "did you mean 'compile'?" \
	$pal policy compil
[ "$(wc -l <"$dir/err")" = 1 ]
result $? in_one_line
for command in $($pal --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	expect "help_of_$command" 0 "usage: pal $command" $pal $command --help
	grep -q 'usage:' "$dir/out" && [ ! -s "$dir/err" ]
	result $? "which_goes_to_standard_output_$command"
	expect "wrong_option_of_$command" 2 '--nonsense' \
		$pal $command --nonsense
	[ ! -s "$dir/out" ]
	result $? "which_goes_to_standard_error_$command"
done
expect a_missing_argument_is_told 2 '--entry: its argument is missing' \
	$pal run --entry
expect a_needless_argument_is_told 2 '--json=3: it takes no argument' \
	$pal run --json=3 "$hello"

expect pack_names_the_file 1 'Makefile: not an ELF file' $pal pack Makefile
expect pack_names_the_output_that_was_asked_for 1 \
	'/nowhere/x.pal: No such file or directory' \
	$pal pack -o /nowhere/x.pal "${hello%.pal}.elf"
expect pack_of_a_program_is_refused 1 "$tests/bad_program.elf: " \
	$pal pack -o "$dir/x.pal" "$tests/bad_program.elf"
cp "${hello%.pal}.elf" "$dir/moved.elf"
strip "$dir/moved.elf"
$pal pack "$dir/moved.elf"
cmp -s "$hello" "$dir/moved.pal"
result $? the_same_program_packs_to_the_same_bytes

$pal measure "$sign" >"$dir/out" 2>"$dir/err"
[ "$(cat "$dir/out")" = "$(sha384sum <"$sign" | cut -d' ' -f1)" ]
result $? a_measurement_is_the_sha384_of_the_image
(cat "$sign"; echo signature) >"$dir/signed.pal"
expect what_follows_the_image_is_not_measured 0 "$($pal measure "$sign")" \
	$pal measure "$dir/signed.pal"
head -c 9000 "$sign" >"$dir/cut.pal"
expect a_cut_off_image_is_refused 1 'ends too early' $pal measure "$dir/cut.pal"
expect inspect_shows_the_name 0 'sign' $pal inspect "$sign"
$pal inspect --json "$sign" | python3 -m json.tool >"$dir/out" 2>"$dir/err"
result $? inspect_prints_json
$pal measure --json "$sign" | python3 -m json.tool >"$dir/out" 2>"$dir/err"
result $? measure_prints_json
$pal check --json | python3 -m json.tool >"$dir/out" 2>"$dir/err"
result $? check_prints_json

if [ ! -e /dev/palisade ]; then
	expect run_without_device_says_so 5 'pal check' $pal run "$hello"
	expect status_without_device_says_so 5 'load the module' $pal status
	expect run_without_device_names_the_simulator 5 PAL_BACKEND=sim \
		$pal run "$hello"
	expect hello_without_device_says_so 1 'pal check' \
		"$build/examples/hello/hello" -i "$hello" Ada
fi
expect enable_names_a_missing_image 1 '/nowhere: No such' \
	$pal enable --image /nowhere
expect and_what_it_is 1 'in the source tree, build/hv/palisade.bin' \
	$pal enable --image /nowhere
expect a_port_must_be_a_number 2 "'com1'" $pal enable --serial com1

export PAL_BACKEND=sim PAL_SIM_QUIET=1
expect hello_greets_and_counts 0 'Hello Grace, you are number 2.' \
	"$build/examples/hello/hello" -i "$hello" Ada Grace
faulty=$tests/faulty.pal
expect a_wild_write_is_told 4 'wrote to address 0x30000000' \
	"$pal" run -n "$faulty"
expect a_division_by_zero_is_told 4 'divided by zero' \
	"$pal" run -n -e 1 "$faulty"
expect an_abort_is_told 4 'abort()' "$pal" run -n -e 2 "$faulty"
expect an_overrun_hits_the_guard_page 4 'wrote to address 0x40200000' \
	"$pal" run -n -e 3 "$faulty"
expect an_error_of_the_pal_is_told 3 '(-5)' "$pal" run -n -e 4 "$faulty"
expect input_of_a_wrong_size_is_told 3 'the input was 0 bytes' \
	"$pal" run -n "$hello"
expect a_missing_image_is_told 1 'No such file' "$pal" run -n /nowhere/x.pal
[ "$(cat "$dir/err")" = 'pal: /nowhere/x.pal: No such file or directory' ]
result $? which_names_it_once
expect an_example_is_not_told_the_name_of_an_option 2 'usage: hello' \
	"$build/examples/hello/hello" -i "$hello" --help
expect an_unknown_entry_is_told 3 'no entry' "$pal" run -n -e 9 "$faulty"
echo heap | "$pal" run -e 5 "$faulty" 2>"$dir/err" >"$dir/out"
[ "$(cat "$dir/out")" = heap ]
result $? a_pal_has_a_heap_and_run_is_a_filter
"$pal" run -n -e 6 "$faulty" 2>"$dir/err" | wc -c >"$dir/out"
[ "$(cat "$dir/out")" = 16384 ]
result $? a_pal_has_randomness
head -c 20000 /dev/zero | "$pal" run -e 5 "$faulty" \
	2>"$dir/err" >"$dir/out"
grep -q 'PAL_ARG_SIZE' "$dir/err"
result $? too_much_input_is_told

# 0 bytes, less than a piece, exactly two, and many with a rest.
for size in 0 100 32768 1000001; do
	head -c $size /dev/urandom >"$dir/file"
	expect "sign_$size" 0 'never left the PAL' "$build/examples/sign/sign" -i "$sign" \
		-o "$dir/sig" -p "$dir/key.pem" "$dir/file"
	expect "openssl_accepts_the_signature_of_$size" 0 'Verified OK' \
		openssl dgst -sha256 -verify "$dir/key.pem" \
		-signature "$dir/sig" "$dir/file"
done
echo changed >>"$dir/file"
expect openssl_refuses_another_file 1 'failure' \
	openssl dgst -sha256 -verify "$dir/key.pem" -signature "$dir/sig" \
	"$dir/file"

finish
