#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# fetch.sh TARBALL WORK SUITE PACKAGE ACCEPTED
#
# Get the upstream tarball of a Debian source package, by way of an apt
# configuration of its own below the folder WORK: neither the sources nor the
# package lists of this machine are touched, and no root is needed.  Mirror and
# keyring are those that this machine uses already.  ACCEPTED lists the SHA-256
# sums of tarballs that we have tested; any other tarball is refused.  TARBALL
# appears whole and checked, or not at all.
set -eu

tarball=$1 work=$2 suite=$3 package=$4 accepted=$5

fail() {
	echo "fetch: $*" >&2
	exit 1
}

is_accepted() {
	case " $(echo "$accepted" | tr -s '[:space:]' ' ') " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

sum_of() {
	sha256sum "$1" | cut -d' ' -f1
}

# One line for each archive of this machine: its address and its release name.
# Without release information it is told even before any list was fetched.
archives() {
	apt-get indextargets --no-release-info \
		--format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
		sort -u
}

# The first archive with a release name that matches.
archive_of() {
	archives | awk -v wanted="^($1)\$" '$2 ~ wanted { print $1; exit }'
}

# The key file that this machine's own sources name, or nothing: then apt uses
# the keys it trusts by default.
keyring() {
	cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list \
		/etc/apt/sources.list.d/*.list 2>/dev/null |
		grep -v '^[[:space:]]*#' |
		grep -ioE 'signed-by[:=][[:space:]]*/[^], ]*debian-archive[^], ]*' |
		sed -E 's/^[^/]*//' | head -n 1
}

stanza() {
	echo 'Types: deb-src'
	echo "URIs: $1"
	echo "Suites: $2"
	echo 'Components: main'
	[ -z "$key" ] || echo "Signed-By: $key"
	echo
}

isolated() {
	tool=$1
	shift
	"$tool" -qq \
		-o Dir::Etc::sourcelist="$work/palisade.sources" \
		-o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null \
		-o Dir::State="$work/state" \
		-o Dir::State::Lists="$work/state/lists" \
		-o Dir::State::status=/dev/null \
		-o Dir::Cache="$work/cache" \
		-o Dir::Log="$work" \
		-o APT::Sandbox::User=root \
		-o Acquire::Languages=none \
		-o Acquire::Retries=3 \
		"$@"
}

# Version and tarball sum of everything the archive has, one a line.
offers() {
	isolated apt-cache showsrc "$package" | awk '
		/^Version:/ { version = $2 }
		/^Checksums-Sha256:/ { sums = 1; next }
		/^[^ ]/ { sums = 0 }
		sums && /\.orig\.tar\.[a-z0-9]+$/ { print version, $1 }'
}

# The newest offer that is accepted, else an error that names both sides.
choose() {
	while read -r version sum; do
		if is_accepted "$sum"; then
			echo "$version"
			return
		fi
		echo "fetch: the archive has $package $version ($sum)" >&2
	done
	fail "none of these is a tested release of $package ($accepted);" \
		"put a tested tarball at $tarball," \
		"or follow 'A new release' in crypto/README.md"
}

if [ -e "$tarball" ]; then
	is_accepted "$(sum_of "$tarball")" && exec touch "$tarball"
	fail "$tarball has a wrong SHA-256 sum; remove it and try again"
fi

command -v apt-get >/dev/null || fail "this needs a machine with apt"

work=$(mkdir -p "$work" && cd "$work" && pwd)
main=$(archive_of 'bookworm|trixie|forky|oldstable|stable|testing|sid')
security=$(archive_of '[a-z]+-security(/updates)?')
[ -n "$main" ] || fail "no Debian archive among this machine's apt sources"

key=$(keyring)
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial"
{
	stanza "$main" "$suite"
	stanza "$main" "$suite-updates"
	[ -z "$security" ] || stanza "$security" "$suite-security"
} >"$work/palisade.sources"

isolated apt-get -o APT::Update::Error-Mode=any update >&2 ||
	fail "the package lists of $suite did not come from $main"
offers >"$work/offers"
[ -s "$work/offers" ] || fail "$suite has no source package $package"
version=$(choose <"$work/offers")

rm -rf "$work/got" && mkdir "$work/got"
(cd "$work/got" && isolated apt-get --download-only --tar-only source \
	"$package=$version") >&2 || fail "$package $version did not come"

got=$(find "$work/got" -name '*.orig.tar.*' ! -name '*.asc')
[ -f "$got" ] || fail "$package $version came without a tarball"
is_accepted "$(sum_of "$got")" || fail "$got has a wrong SHA-256 sum"
mkdir -p "$(dirname "$tarball")"
mv "$got" "$tarball"
rm -rf "$work"
