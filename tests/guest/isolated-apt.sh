#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Run an apt command for another Debian release than this machine's, without
# touching this machine's package system: lists, cache and state are in
# build/download/apt/SUITE.  Mirrors and keyrings are those that this machine
# uses itself; only the name of the release is replaced.
#
# Usage: tests/guest/isolated-apt.sh SUITE COMMAND [ARGS...]
#   isolated-apt.sh trixie download PACKAGE...	  .deb files to the current folder
#   isolated-apt.sh trixie source PACKAGE[=VERSION]	  source files (not unpacked)
#   isolated-apt.sh trixie closure PACKAGE...	  names of these and of all they need
#   isolated-apt.sh trixie policy|show|depends ...	  as apt-cache
#   isolated-apt.sh trixie update			  fetch the lists again
#
# Lists are fetched when there are none, and again when a download fails.

set -u

fail() {
	echo "isolated-apt: $*" >&2
	exit 1
}

[ $# -ge 2 ] || { sed -n 's/^# \{0,1\}//; 4,16p' "$0" >&2; exit 2; }
suite=$1
command=$2
shift 2

top=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
root=$top/build/download/apt/$suite
host_apt=${HOST_APT:-/etc/apt}
host_suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ -n "$host_suite" ] || fail 'this machine does not say which Debian it is'

# Both formats of the host's sources, with our suite in the place of the host's.
# Other people's repositories are left out: they name no suite of Debian's.
write_sources() {
	cat "$host_apt/sources.list" "$host_apt"/sources.list.d/*.list \
		2>/dev/null |
	sed -nE "/^deb /s/ $host_suite(-updates|-security)?(\/updates)?( |\$)/ $suite\1\3/p" |
	sed -E 'p; s/^deb /deb-src /' >"$root/etc/sources.list"

	cat /dev/null >"$root/etc/sources.list.d/host.sources"
	for file in "$host_apt"/sources.list.d/*.sources; do
		[ -f "$file" ] || continue
		awk -v from="$host_suite" -v to="$suite" '
			BEGIN { RS = ""; FS = "\n" }
			{
				ours = 0; out = ""
				for (i = 1; i <= NF; i++) {
					if ($i ~ /^#/)
						continue
					if ($i ~ /^Types:/)
						$i = "Types: deb deb-src"
					if ($i ~ /^Suites:/)
						ours = gsub("(^|[ \t])" from, " " to, $i)
					out = out $i "\n"
				}
				if (ours)
					print out
			}' "$file" >>"$root/etc/sources.list.d/host.sources"
	done
	grep -q "$suite" "$root/etc/sources.list" \
		"$root/etc/sources.list.d/host.sources" ||
		fail "the sources in $host_apt do not name $host_suite;" \
		     "cannot tell which mirror has $suite"
}

# Run "$@" with everything of apt's below $root.
isolated() {
	APT_CONFIG=$root/etc/apt.conf "$@"
}

update() {
	isolated apt-get -q update >"$root/update.log" 2>&1 </dev/null &&
	! grep -qE '^(Err|W: Failed)' "$root/update.log" &&
	touch "$root/updated"
}

mkdir -p "$root/etc/sources.list.d" "$root/etc/preferences.d" \
	"$root/state/lists/partial" "$root/cache/archives/partial" || exit 1

# Several makes may ask for the same suite at once.
exec 9>"$root/lock"
flock 9

if [ ! -f "$root/updated" ]; then
	write_sources
	: >"$root/state/status"
	cat >"$root/etc/apt.conf" <<-END
		Dir::State "$root/state";
		Dir::State::status "$root/state/status";
		Dir::Cache "$root/cache";
		Dir::Etc::sourcelist "$root/etc/sources.list";
		Dir::Etc::sourceparts "$root/etc/sources.list.d";
		Dir::Etc::preferences "$root/etc/preferences";
		Dir::Etc::preferencesparts "$root/etc/preferences.d";
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; };
		APT::Default-Release "";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::Retries "3";
	END
	update || {
		tail -n 10 "$root/update.log" >&2
		fail "cannot fetch the package lists of $suite (see above);" \
		     'check the network and run the same command again'
	}
fi

run() {
	case $command in
	download) isolated apt-get -q download "$@" ;;
	source) isolated apt-get -q source --download-only "$@" ;;
	update) update ;;
	closure)
		isolated apt-get -q -s install --no-install-recommends "$@" |
			sed -n 's/^Inst \([^ ]*\) .*/\1/p' ;;
	*) isolated apt-cache "$command" "$@" ;;
	esac
}

case $command in
download | source)
	log=$root/$command.log
	run "$@" >"$log" 2>&1 </dev/null ||
	{ update && run "$@" >"$log" 2>&1 </dev/null; } || {
		tail -n 10 "$log" >&2
		fail "cannot fetch $* of $suite (see above)"
	} ;;
*)
	run "$@" ;;
esac
