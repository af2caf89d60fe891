#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What pal can do, its manual pages and its completion are the same.
#
# Usage: test_manuals.sh PAL

set -u
pal=$(cd "$(dirname "$1")" && pwd)/pal
man='pal-sdk/man'
. pal-sdk/test/tap.sh

same() {	# claim file file
	diff "$2" "$3" >"$dir/log"
	result $? "$1"
}

commands() {	# of pal, of pal policy, of pal token
	"$pal" "$@" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'
}

# The long options of a help text, those of a page.
helped() {
	grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+' |
		grep -vx -- --help | sort -u
}

paged() {	# page
	grep -oE '^\.It .*' "$1" | grep -oE 'Fl Fl [a-z-]+' |
		sed 's/^Fl Fl /--/' | sort -u
}

commands | sort >"$dir/commands"
[ "$(wc -l <"$dir/commands")" -ge 18 ]
result $? the_help_lists_the_commands
find $man -name 'pal-*.1' | sed 's|.*/pal-\(.*\)\.1|\1|' | sort >"$dir/pages"
same each_command_has_a_page_and_each_page_a_command \
	"$dir/commands" "$dir/pages"
sed -n 's/^\.It Cm \([a-z]*\).*/\1/p' $man/pal.1 | sort -u >"$dir/told"
same pal_1_tells_of_each "$dir/commands" "$dir/told"
sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/s/^\.Cm \([a-z]*\).*/\1/p' $man/pal.1 |
	sort -u >"$dir/told"
same and_has_its_synopsis "$dir/commands" "$dir/told"
sed -n 's/^\.Xr pal-\([a-z]*\) 1.*/\1/p' $man/pal.1 | sort -u >"$dir/told"
same and_refers_to_its_page "$dir/commands" "$dir/told"
commands policy | sort >"$dir/policy"
sed -n 's/^\.It Cm policy \([a-z]*\).*/\1/p' $man/pal.1 | sort >"$dir/told"
same also_of_those_of_policy "$dir/policy" "$dir/told"

: >"$dir/log"
while read -r command; do
	case $command in
	policy | root | token)
		for sub in $(commands "$command"); do
			"$pal" "$command" "$sub" --help
		done ;;
	*) "$pal" "$command" --help ;;
	esac | helped >"$dir/helped"
	paged "$man/pal-$command.1" >"$dir/paged"
	diff "$dir/helped" "$dir/paged" >"$dir/differ" ||
		sed "s/^/$command: /" "$dir/differ" >>"$dir/log"
	grep -q '^\.Sh EXIT STATUS' "$man/pal-$command.1" ||
		echo "$command: no exit status" >>"$dir/log"
done <"$dir/commands"
[ ! -s "$dir/log" ]
result $? options_and_exit_statuses_are_in_the_pages

# The completion asks pal itself: does it understand the answers?
cat >"$dir/complete" <<'END'
. pal-sdk/completion/pal.bash
complete_words() {	# the last one is being written
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	compopt() { :; }
	_pal
	printf '%s\n' "${COMPREPLY[@]}"
}
complete_words "$@"
END
completed() {
	PATH=$(dirname "$pal"):$PATH bash "$dir/complete" pal "$@" 2>"$dir/log" |
		sort -u
}
completed '' | grep -v '^-' >"$dir/completed"
same the_completion_has_each_command "$dir/commands" "$dir/completed"
completed run --j | grep -qx -- --json
result $? and_its_options
completed policy sh | grep -qx show
result $? and_the_commands_of_policy
completed token gen | grep -qx generate
result $? and_those_of_token
completed policy show --j | grep -qx -- --json
result $? and_their_options

if command -v man >/dev/null; then
	: >"$dir/log"
	for page in "$man"/*; do
		LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l -P cat "$page" \
			2>>"$dir/log" >/dev/null || echo "$page" >>"$dir/log"
	done
	[ ! -s "$dir/log" ]
	result $? man_has_nothing_to_warn_of
else
	skip man_has_nothing_to_warn_of 'there is no man'
fi
if command -v mandoc >/dev/null; then
	mandoc -Tlint -Wwarning "$man"/* >"$dir/log"
	result $? mandoc_has_nothing_to_warn_of
else
	skip mandoc_has_nothing_to_warn_of 'there is no mandoc'
fi

finish
