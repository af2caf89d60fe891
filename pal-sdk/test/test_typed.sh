#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# In the guest: typed calls and shared data under the hypervisor, by the same
# program that tests them in the simulator.

tests=/usr/lib/palisade/tests
$tests/typed $tests/typed.pal | sed -E '/^1\.\./d; s/^(ok|not ok) [0-9]+ - /\1 /'
