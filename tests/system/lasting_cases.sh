# SPDX-License-Identifier: BSD-2-Clause
#
# Counters that outlive a boot, as the example `safe` has them: the same under
# the hypervisor and in the simulator.  Sourced after lib.sh.
#
#   lasting_begin FOLDER LIAR TPM	where files go; the program tpm_liar; the
#					TPM, a device or socket
#   lasting_before_boot
#   lasting_after_boot			the same files
#
# The secret of each safe is `the garden`, its PIN 1234.

lasting_begin() {	# folder, liar, TPM
	boxes=$1
	liar=$2
	tpm=$3
}

make_safe() {	# make or make-tpm, name, what is said
	printf '1234\nthe garden\n' | safe "$1" "$boxes/$2" 2>&1 | grep "$3"
}

try() {		# PIN, name
	echo "$1" | safe open "$boxes/$2" 2>&1
}

opens_safe() {	# name
	try 1234 "$1" | grep -x 'the garden'
}

refuses() {	# words, name
	refusal=$(try 1234 "$2")
	echo "$refusal"
	echo "$refusal" | grep -q "$1"
}

old_copy_is_refused() {
	cp "$boxes/box" "$boxes/box.old" && opens_safe box &&
		refuses 'an old copy' box.old && opens_safe box
}

# Two wrong attempts of three.
wrong_attempts_count() {
	make_safe make-tpm guessed 'the TPM remembers' &&
		cp "$boxes/guessed" "$boxes/guessed.old" &&
		try 1 guessed | grep 'wrong PIN' &&
		try 2 guessed | grep 'wrong PIN'
}

all_at_once_open() {	# name
	for i in 1 2 3 4; do
		try 1234 "$1" >"$boxes/said.$i" &
	done
	wait
	[ "$(cat "$boxes"/said.* | grep -cx 'the garden')" = 4 ] &&
		opens_safe "$1"
}

# While a carrier lies about a command, do this; what comes of it is in $said.
lying() {	# lie, command, what to do...
	"$liar" "$boxes/liar" "$tpm" "$1" "$2" &
	liar_pid=$!
	until [ -S "$boxes/liar" ]; do
		sleep 0.1
	done
	shift 2
	said=$(export PALISADE_TPM="$boxes/liar"; "$@"; echo "status $?")
	echo "$said"
}

# Not before somebody else had the TPM: so the liar has left it.
stop_liar() {
	kill $liar_pid
	rm "$boxes/liar"
}

# That somebody lies is told, and without him the safe opens again.
noticed() {	# lie, command, words, name
	lying "$1" "$2" try 1234 "$4"
	opens_safe "$4"
	opened=$?
	stop_liar
	echo "$said" | grep -q "$3" && [ $opened = 0 ]
}

# The same unsettled file, at once and without the lock that its folder is: who
# carries is alone, so its place in the TPM is not counted up twice.
copies_at_once_leave_one() {	# name
	lying kill start try 1234 "$1"
	opens_safe half # stop_liar wants that
	stop_liar
	mkdir "$boxes/one" "$boxes/two" && cp "$boxes/$1" "$boxes/one/$1" &&
		cp "$boxes/$1" "$boxes/two/$1" || return 1
	try 1234 "one/$1" &
	try 1234 "two/$1"
	wait $!
	if opens_safe "one/$1"; then
		cp "$boxes/one/$1" "$boxes/$1"
		refuses 'an old copy' "two/$1"
	else
		cp "$boxes/two/$1" "$boxes/$1"
		refuses 'an old copy' "one/$1" && opens_safe "$1"
	fi
}

# A safe whose place in the TPM was not made, or not heard of, is made again.
half_made_is_made_again() {
	lying deaf define make_safe make-tpm half 'the TPM at'
	refuses 'the TPM refuses' half
	refused=$?
	stop_liar
	echo "$said" | grep -q 'status 0' && [ $refused = 0 ] &&
		make_safe make-tpm half 'the TPM remembers' && opens_safe half
}

lies_are_noticed() {	# name
	for command in start read extend; do
		noticed deaf $command 'the TPM at' "$1" || return 1
		noticed kill $command 'status 137' "$1" || return 1
	done
	noticed flip start 'the TPM refuses' "$1" &&
		noticed flip read 'in between lies' "$1" &&
		noticed flip extend 'in between lies' "$1" &&
		noticed alter read 'the TPM refuses' "$1" &&
		noticed alter extend 'the TPM refuses' "$1" &&
		noticed repeat read 'in between lies' "$1"
}

without_tpm() {		# name
	cp "$boxes/$1" "$boxes/$1.before"
	(export PALISADE_TPM=/dev/no-tpm; make_safe make-tpm "$1" 'no-tpm' &&
		make_safe make plain 'until the hypervisor ends' &&
		opens_safe plain) && cmp "$boxes/$1" "$boxes/$1.before" &&
		opens_safe "$1"
}

lasting_before_boot() {
	claim a_safe_learns_that_the_tpm_counts \
		make_safe make-tpm box 'the TPM remembers'
	claim it_opens opens_safe box
	claim an_old_copy_is_refused old_copy_is_refused
	claim programs_at_once_lose_nothing all_at_once_open box
	claim lies_about_the_tpm_are_noticed lies_are_noticed box
	claim a_safe_that_was_half_made_is_told half_made_is_made_again
	claim without_a_tpm_the_strength_is_told without_tpm box
	claim wrong_attempts_count wrong_attempts_count
	claim copies_at_once_leave_one copies_at_once_leave_one box
	cp "$boxes/plain" "$boxes/plain.old"
	opens_safe plain >/dev/null
}

attempts_still_count() {
	refuses 'an old copy' guessed.old &&
		try 3 guessed | grep 'wrong PIN' && refuses locked guessed
}

lasting_after_boot() {
	claim an_old_copy_is_refused_after_a_boot refuses 'an old copy' box.old
	claim lies_are_noticed_after_a_boot noticed flip read \
		'in between lies' box
	claim the_newest_one_opens opens_safe box
	claim an_old_copy_stays_refused refuses 'an old copy' box.old
	claim wrong_attempts_count_over_boots attempts_still_count
	claim without_the_tpm_an_old_copy_is_believed opens_safe plain.old
}
