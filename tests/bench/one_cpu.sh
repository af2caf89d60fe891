# SPDX-License-Identifier: BSD-2-Clause
# What is counted in instructions: one CPU, whose clock they are.

set -e
in=/in
insmod "/lib/palisade/palisade-$(uname -r | cut -d. -f1-2).ko"
$in/bench clock
$in/bench native
for round in 1 2 3 4 5; do
	$in/bench work | sed 's/^/without /'
	$in/bench launch /lib/palisade/palisade.bin |
		sed 's/^/one_cpu /'
	$in/bench work | sed 's/^/with /'
	if [ $round = 1 ]; then
		$in/bench calls $in
		$in/bench exits $in
		$in/bench window $in
		$in/bench seal $in
		$in/bench loads $in
	fi
	pal disable >/dev/null
done
for level in none auto all; do
	printf 'mode measured\nflush %s\n' $level >/tmp/policy.conf
	pal policy compile -o /tmp/policy.bin /tmp/policy.conf >/dev/null
	pal enable --image /lib/palisade/palisade.bin \
		--policy /tmp/policy.bin >/dev/null
	$in/bench bare_call $in | sed "s/^/$level /"
	pal disable >/dev/null
done
