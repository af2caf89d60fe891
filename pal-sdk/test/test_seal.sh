#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Sealing and counters in the simulator: what also holds under the hypervisor
# (tests/system/seal_cases.sh), and what only the simulator has.
# Usage: test_seal.sh BUILD

build=$1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
export PAL_BACKEND=sim PAL_SIM_QUIET=1
export PAL_SIM_ROOT="$folder/root" PAL_SIM_STATE="$folder"

. tests/system/lib.sh
. tests/system/seal_cases.sh

pal() {
	"$build/pal-sdk/pal" "$@"
}

root_of_another_program_does_not_open() {
	seal sealer measurement 'for' 'secret' &&
		(unset PAL_SIM_ROOT; opens sealer 'for' EROOT)
}

bad_root_is_refused() {	# bytes
	head -c "$1" /dev/zero >"$folder/bad"
	(PAL_SIM_ROOT=$folder/bad with sealer root) 2>&1 |
		grep -q '32 to 64 bytes (PAL_SIM_ROOT)'
}

counters_end_with_the_program() {
	(unset PAL_SIM_STATE; says '' sealer advance kept 0 1 t &&
		says "0 '' 1" sealer read kept)
}

# Sixteen programs, each from whatever value it finds.
counters_lose_no_step() {
	for program in $(seq 16); do
		(for value in $(seq 0 15); do
			with sealer advance race "$value" $((value + 1)) x
		done >"$folder/race.$program" 2>&1) &
	done
	wait
	says "16 'x' 1" sealer read race &&
		[ "$(cat "$folder"/race.* | grep -vc EMOVED)" = 0 ]
}

head -c 32 /dev/urandom >"$folder/root"
seal_begin "$folder" "$build/tests/system/helper_seal"
claim all_is_prepared seal_prepare
seal_cases
claim another_root_does_not_open root_of_another_program_does_not_open
claim a_short_root_is_refused bad_root_is_refused 31
claim a_long_root_is_refused bad_root_is_refused 65
claim without_a_folder_counters_end_with_the_program \
	counters_end_with_the_program
claim programs_at_once_lose_no_step counters_lose_no_step
exit $((failed_count > 0))
