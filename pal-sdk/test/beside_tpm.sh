#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Run a test beside a software TPM, whose socket is its last argument.
# Usage: beside_tpm.sh PROGRAM [ARGUMENT...]
set -eu

work=$(mktemp -d)
stop() {
	[ ! -f "$work/pid" ] || kill "$(cat "$work/pid")"
	rm -rf "$work"
}
trap stop EXIT

mkdir "$work/state"
swtpm socket --tpm2 --tpmstate "dir=$work/state" \
	--server "type=unixio,path=$work/tpm" \
	--ctrl "type=unixio,path=$work/tpm.ctrl" \
	--flags not-need-init,startup-clear --pid "file=$work/pid" --daemon
"$@" "$work/tpm"
