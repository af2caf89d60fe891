#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Run a command that finds one token, made for it in the simulator; its PINs are
# in PALISADE_PIN and PALISADE_SO_PIN.
# Usage: in_simulator.sh PAL-TOOL KEY-PAL TOKEN COMMAND...

tool=$1 PALISADE_KEY_PAL=$2 token=$3
shift 3
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/tokens" "$work/state"
head -c 32 /dev/urandom >"$work/root"
export PAL_BACKEND=sim PAL_SIM_QUIET=1 PALISADE_KEY_PAL
export PAL_SIM_ROOT="$work/root" PAL_SIM_STATE="$work/state"
export PALISADE_TOKENS="$work/tokens"
export PALISADE_PIN=1234 PALISADE_SO_PIN=12345678

"$tool" token init --rounds 1000 "$token" >"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
"$@"
