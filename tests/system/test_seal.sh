#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Sealing and counting under the hypervisor, with every kind of root.
# Starts and ends with the hypervisor launched and no PAL.

. /usr/lib/palisade/tests/lib.sh
. /usr/lib/palisade/tests/seal_cases.sh

# What the hypervisor is launched with once more.
anew() {	# options of pal enable
	pal disable && pal enable --serial 0x3f8 "$@"
}

root_is() {	# word for it in JSON, first letter of what a PAL is told
	pal status --json | grep -q "\"root\":\"$1\"" &&
		with sealer root | grep "^$2 "
}

ephemeral_root_ends() {
	seal sealer measurement 'for' 'secret' && root_is ephemeral 0 &&
		anew | grep -q 'ephemeral: what PALs seal is lost' &&
		opens sealer 'for' EROOT
}

counters_end_with_the_hypervisor() {
	says "0 '' 1" sealer read A
}

root_new() {	# file, options
	root_file=$1
	shift
	rm -f "$root_file"
	pal root new -o "$root_file" "$@"
}

file_root_stays() {
	root_new "$dir/root" && anew --root "$dir/root" && root_is file 1 &&
		seal sealer measurement 'for' 'secret' &&
		anew --root - <"$dir/root" && opens sealer 'for' 'secret'
}

other_file_does_not_open() {
	root_new "$dir/other" && anew --root "$dir/other" &&
		opens sealer 'for' EROOT
}

passphrase_stays() {
	echo 'correct horse' | root_new "$dir/recipe" -p -n 1000 &&
		echo 'correct horse' | anew --root "$dir/recipe" &&
		root_is passphrase 2 &&
		seal sealer measurement 'for' 'secret' &&
		echo 'correct horse' | anew --root "$dir/recipe" &&
		opens sealer 'for' 'secret'
}

not_enabled() {	# words, standard input, file
	pal disable || return 1
	refusal=$(echo "$2" | pal enable --root "$3" 2>&1) && return 1
	enable || return 1
	echo "$refusal"
	echo "$refusal" | grep -q "$1"
}

running_one_keeps_its_root() {
	refusal=$(pal enable --root "$dir/root" 2>&1) && return 1
	echo "$refusal" | grep -q 'with the sealing root that it has'
}

seal_begin /run/seal "$tests/helper_seal"
claim all_is_prepared seal_prepare
seal_cases
claim an_ephemeral_root_ends_with_the_hypervisor ephemeral_root_ends
claim counters_end_with_the_hypervisor counters_end_with_the_hypervisor
claim under_the_owners_file_sealed_data_stays file_root_stays
claim another_file_does_not_open other_file_does_not_open
claim under_a_passphrase_sealed_data_stays passphrase_stays
claim another_passphrase_is_told \
	not_enabled 'not the passphrase' 'wrong horse' "$dir/recipe"
head -c 31 "$dir/root" >"$dir/short"
claim a_short_root_is_refused not_enabled '32 to 64 bytes' '' "$dir/short"
claim a_missing_root_is_refused not_enabled 'No such file' '' "$dir/missing"
claim a_running_hypervisor_keeps_its_root running_one_keeps_its_root
rm -rf "$dir"
exit $((failed_count > 0))
