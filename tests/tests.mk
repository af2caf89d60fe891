# SPDX-License-Identifier: BSD-2-Clause
#
# The parts of the tests.  The guest comes first of all: see the Makefile.
include tests/vectors/guest.mk
include tests/vectors/pkcs11.mk
include tests/bench/bench.mk
include tests/attacks/attacks.mk
include tests/token/token.mk
include tests/token/sanitize.mk
include tests/run/run.mk
include tests/handoff/handoff.mk
include tests/legacy/legacy.mk
include tests/unit/unit.mk
include tests/boot/boot.mk
include tests/system/system.mk
include tests/fuzz/fuzz.mk
include tests/verify/verify.mk
include tests/lint/lint.mk
