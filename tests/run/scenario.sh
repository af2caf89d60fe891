#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# In the guest: launch, sign /in/file, attack.  Lines that begin with @ are for
# run.sh, which prints the story.
#
# Usage: scenario.sh [unprotected]	(see attempts.c)

fail() {
	echo "@failed $*"
	exit 1
}

kernel=$(uname -r | cut -d. -f1-2)
echo "@linux $(uname -r) $(nproc)"

insmod "/lib/palisade/palisade-$kernel.ko" || fail 'palisade.ko does not load'
if pal status >/run/status 2>/dev/null; then
	grep -E '^(hypervisor|started)' /run/status | sed 's/^/@launch /'
else
	pal enable --serial 0x3f8 | sed 's/^/@launch /'
fi
pal status --json >/run/status || fail 'the hypervisor does not run'
insmod "/lib/attacks/attack-$kernel.ko" || fail 'attack.ko does not load'
where=$(attempts where) || fail "the hypervisor's memory is not hidden: $where"

sign -o /run/signature -p /run/key.pem /in/file >/run/sign 2>&1 ||
	fail "signing: $(tail -n 1 /run/sign)"
sed -n 's/^PAL measurement: /@measurement /p' /run/sign
echo "@signature $(od -An -v -tx1 /run/signature | tr -d ' \n')"
sed 's/^/@key /' /run/key.pem

# shellcheck disable=SC2086 # two words
attempts $where "$@" || fail 'an attack got through'

hello Linux 2>&1 | grep -q 'Linux' ||
	fail 'after the attacks no PAL can be called'
ended='it stays until the machine restarts'
if ! pal status | grep -q 'before Linux'; then
	pal disable >/dev/null || fail 'the hypervisor does not end'
	ended='hypervisor ended'
elif pal disable 2>/dev/null; then
	fail 'the hypervisor ends, though it was there before Linux'
fi
rmmod attack || fail 'attack.ko does not end'
# (Linux warns once when a copy meets #GP, and logs each SIGSEGV.)
dmesg | grep -E 'BUG:|Oops|\[#[0-9]+\]|lockup|blocked for' >/run/trouble &&
	fail "the kernel complained: $(head -n 1 /run/trouble)"
echo "@held linux_goes_on Linux after all this: no complaint in its log, new PALs work, $ended"
