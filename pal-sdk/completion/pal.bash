# SPDX-License-Identifier: BSD-2-Clause
# bash completion for pal(1).  Commands and options are asked of pal itself.

_pal_commands() {	# "", or a command that has commands
	pal $1 --help 2>/dev/null | sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p'
}

_pal_options() {	# command
	pal $1 --help 2>/dev/null |
		grep -oE -- '^ +(-[a-zA-Z],? ?)?(--[a-z-]+)?' |
		tr -s ' ,' '\n' | grep -- '^-'
}

_pal() {
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W "$(_pal_commands '') --help --version" \
			-- "$word"))
		return
	fi
	case $command in
	policy | root | token)
		if [ "$COMP_CWORD" -eq 2 ]; then
			COMPREPLY=($(compgen -W \
				"$(_pal_commands "$command") --help" \
				-- "$word"))
			return
		fi
		command="$command ${COMP_WORDS[2]}" ;;
	esac
	case $word in
	-*)
		COMPREPLY=($(compgen -W "$(_pal_options "$command")" \
			-- "$word"))
		return ;;
	esac
	compopt -o filenames
	local pattern='*'
	case $command in
	pack) pattern='*.elf' ;;
	cc) pattern='*.@(c|S|s|o|a)' ;;
	token*)
		# The first operand is a token; files follow, or options name them.
		COMPREPLY=($(compgen -W "$(ls "${PALISADE_TOKENS:-/var/lib/palisade/tokens}" 2>/dev/null)" \
			-- "$word") $(compgen -f -- "$word"))
		return ;;
	'policy compile') pattern='*.conf' ;;
	'policy show') pattern='*.bin' ;;
	inspect | measure | run | gdb | sign | verify | digest) pattern='*.pal' ;;
	new) return ;;
	esac
	local had_extglob=$(shopt -p extglob)
	shopt -s extglob
	COMPREPLY=($(compgen -f -X "!$pattern" -- "$word")
		$(compgen -d -- "$word"))
	$had_extglob
}

complete -F _pal pal
