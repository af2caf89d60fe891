#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Counters that outlive a boot, in the simulator (tests/system/lasting_cases.sh).
# Usage: test_lasting.sh BUILD TPM

build=$1
tpm=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
export PAL_BACKEND=sim PAL_SIM_QUIET=1 PALISADE_TPM="$tpm"

. tests/system/lib.sh
. tests/system/lasting_cases.sh

safe() {
	"$build/examples/safe/safe" -i "$build/examples/safe/safe.pal" "$@"
}

# The notary's counters begin anew, the root stays.
boot() {	# which
	mkdir "$folder/$1" && export PAL_SIM_STATE="$folder/$1"
}

export PAL_SIM_ROOT="$folder/root"
head -c 32 /dev/urandom >"$PAL_SIM_ROOT"
lasting_begin "$folder" "$build/pal-sdk/test/tpm_liar" "$tpm"
boot first
lasting_before_boot
boot second
lasting_after_boot
exit $((failed_count > 0))
