#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Fetch CBMC from Debian 13 and lay it out so that FOLDER/cbmc runs it, with the
# libraries of its own release.  Nothing is installed on this machine.
#
# Usage: tests/verify/cbmc.sh FOLDER

set -eu

[ $# = 1 ] || { sed -n 's/^# \{0,1\}//; 4,7p' "$0" >&2; exit 2; }
folder=$1
top=$(cd "$(dirname "$0")/../.." && pwd)

rm -rf "$folder.new"
mkdir -p "$folder.new"
cd "$folder.new"
"$top/tests/guest/isolated-apt.sh" trixie download cbmc minisat libc6 \
	libgcc-s1 libstdc++6 || {
	echo 'verify: no CBMC; on Debian 13: apt-get install cbmc' >&2
	exit 1
}
for package in *.deb; do
	dpkg-deb -x "$package" .
	rm "$package"
done
cat >cbmc <<'END'
#!/bin/sh
usr=$(dirname "$(readlink -f "$0")")/usr
libraries=$usr/lib/x86_64-linux-gnu
exec "$libraries/ld-linux-x86-64.so.2" \
	--library-path "$libraries:$usr/lib" "$usr/bin/cbmc" "$@"
END
chmod +x cbmc
./cbmc --version >/dev/null
cd "$top"
rm -rf "$folder"
mv "$folder.new" "$folder"
