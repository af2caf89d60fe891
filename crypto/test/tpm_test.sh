#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Start a software TPM, let tpm2-tools seal a root to its PCRs as an owner would
# (palisade-root(7)), and run the test.  Usage: tpm_test.sh TEST_PROGRAM
set -eu

program=$(realpath "$1")
work=$(mktemp -d)
HANDLE=0x81000100
PCRS=0,2,4,7,11

stop() {
	[ ! -f "$work/pid" ] || kill "$(cat "$work/pid")"
	rm -rf "$work"
}
trap stop EXIT

# The loaded keys that a command leaves behind would fill the TPM.
tpm() {
	"$@" -Q
	tpm2_flushcontext --transient-object
}

mkdir "$work/state"
swtpm socket --tpm2 --tpmstate "dir=$work/state" \
	--server "type=unixio,path=$work/tpm" \
	--ctrl "type=unixio,path=$work/tpm.ctrl" \
	--flags not-need-init,startup-clear --pid "file=$work/pid" --daemon
export TPM2TOOLS_TCTI="swtpm:path=$work/tpm"
cd "$work"

tpm tpm2_createprimary -C o -G ecc -c primary.ctx
tpm2_startauthsession -S session.ctx
tpm2_policypcr -Q -S session.ctx -l "sha256:$PCRS" -L pcr.policy
tpm2_flushcontext session.ctx
seal() {	# handle, attributes
	printf 'the root of this machine, bytes.' |
		tpm tpm2_create -C primary.ctx -L pcr.policy -i - -u root.pub \
			-r root.priv -a "$2"
	tpm2_load -Q -C primary.ctx -u root.pub -r root.priv -c root.ctx
	tpm2_evictcontrol -Q -C o -c root.ctx "$1"
	tpm2_flushcontext --transient-object
}

seal $HANDLE 'fixedtpm|fixedparent'
seal $((HANDLE + 2)) 'fixedtpm|fixedparent|userwithauth'

"$program" "$work/tpm" "$HANDLE:$PCRS"
