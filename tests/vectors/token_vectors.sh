#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Published vectors through PKCS#11, with a token in the simulator.
# Usage: token_vectors.sh PROGRAM PAL-TOOL MODULE KEY-PAL FILE...

program=$1 tool=$2 VECTORS_MODULE=$3 PALISADE_KEY_PAL=$4
shift 4
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/tokens" "$work/state"
head -c 32 /dev/urandom >"$work/root"
export PAL_SIM_ROOT="$work/root"
export PALISADE_TOKENS="$work/tokens" PAL_SIM_STATE="$work/state"
export PALISADE_PIN=1234 PALISADE_SO_PIN=12345678
export PAL_BACKEND=sim PAL_SIM_QUIET=1
export VECTORS_PIN=$PALISADE_PIN VECTORS_MODULE PALISADE_KEY_PAL

"$tool" token init --rounds 1000 vectors >"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
"$program" "$@"
