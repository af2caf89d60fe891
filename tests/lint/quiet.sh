#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# clang-tidy's output without its counts of what it did not say; fails if
# something is left.
grep -vE '^[0-9]+ warnings?( and [0-9]+ errors?)? (generated|treated as)|^Suppressed|^Use -|^Error while processing|^[0-9]+ warnings? treated' | {
	! grep .
}
