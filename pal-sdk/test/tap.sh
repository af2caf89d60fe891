# SPDX-License-Identifier: BSD-2-Clause
#
# The frame of the SDK's shell tests, which source it from the top of the tree:
# TAP lines, and a folder $dir that is gone afterwards.  What a failed test
# printed is shown, as far as it is in $dir/out, $dir/err or $dir/log.
# shellcheck shell=sh

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
count=0 failed=0

result() {	# status claim
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		cat "$dir/out" "$dir/err" "$dir/log" 2>/dev/null |
			sed 's/^/# /'
		failed=1
	fi
}

skip() {	# claim reason
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# Run a command; expect an exit status and words in its output or messages.
# $limit, if a test sets it, is put before the command.
limit=
expect() {	# claim status words command...
	claim=$1 status=$2 words=$3
	shift 3
	$limit "$@" >"$dir/out" 2>"$dir/err" </dev/null
	[ $? = "$status" ] && cat "$dir/out" "$dir/err" | grep -qF -- "$words"
	result $? "$claim"
}

# The last line of a test.
finish() {
	echo "1..$count"
	exit $failed
}
