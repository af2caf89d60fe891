#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What `make install` puts where, and that `make uninstall` takes it away.
#
# Usage: test_install.sh DESTDIR PREFIX	(installed there, and removed here)

set -u
destdir=$1 prefix=$2
root=$destdir$prefix
. pal-sdk/test/tap.sh
log=$dir/log

missing() {
	for name; do
		[ -e "$destdir$name" ] || echo "$name"
	done
}

missing $prefix/bin/pal $prefix/include/pal_host.h $prefix/lib/libpal.a \
	$prefix/lib/libpal.so $prefix/lib/libpal.so.0 \
	$prefix/lib/palisade/palisade.bin $prefix/lib/palisade/hello.pal \
	$prefix/lib/palisade/stamp.pal $prefix/lib/palisade/examples/pipeline \
	$prefix/lib/palisade/examples/pipeline.conf \
	$prefix/lib/palisade/libpalrt.a $prefix/lib/palisade/pal.ld \
	$prefix/lib/pkgconfig/pal.pc $prefix/lib/pkgconfig/pal-host.pc \
	$prefix/lib/cmake/Palisade/PalisadeConfig.cmake \
	$prefix/share/man/man1/pal.1 $prefix/share/man/man1/pal-cc.1 \
	$prefix/share/man/man3/pal.3 $prefix/share/man/man3/pal_host.3 \
	$prefix/share/bash-completion/completions/pal \
	/etc/udev/rules.d/60-palisade.rules /etc/sysusers.d/palisade.conf \
	/etc/systemd/system/palisade.service /etc/default/palisade \
	/etc/systemd/system/pald.service /etc/systemd/system/pald.socket \
	/etc/palisade/pald.conf $prefix/sbin/pald \
	$prefix/sbin/palisade-install $prefix/lib/palisade/palisade.elf \
	$prefix/include/pal_service.h $prefix/share/man/man8/pald.8 \
	$prefix/share/man/man7/pald-protocol.7 \
	/usr/src/palisade-1/dkms.conf /usr/src/palisade-1/Kbuild >"$log"
[ ! -s "$log" ]
result $? everything_is_there
PAL_BACKEND=sim "$root/lib/palisade/examples/hello" \
	-i "$root/lib/palisade/hello.pal" Ada >"$log" 2>&1
result $? an_example_runs_where_it_was_put

# Every exported name is declared in the header, and the reverse.
cat "$root/include/pal_host.h" "$root/include/pal_service.h" >"$log.headers"
header=$log.headers
nm -D --defined-only "$root/lib/libpal.so" |
	sed -n 's/.* T \([^@]*\).*/\1/p' | sort >"$log.so"
grep -E '^[a-z].*\bpald?_[a-z_]+\(|^	.*\*?pal_[a-z_]+\(const struct' "$header" |
	grep -v '^ \*' | grep -oE '\bpald?_[a-z_]+\(' | tr -d '(' |
	sort -u >"$log.declared"
diff "$log.so" "$log.declared" >"$log"
result $? the_library_shows_just_what_its_header_declares
nm -g --defined-only "$root/lib/libpal.a" | grep ' [A-Z] ' |
	grep -vE ' T pald?_' >"$log"
[ ! -s "$log" ]
result $? the_archive_shows_nothing_else_either
readelf -d "$root/lib/libpal.so" | grep -q 'SONAME.*libpal.so.0' &&
	! readelf -d "$root/lib/libpal.so" | grep -q TEXTREL
result $? the_library_has_a_soname_and_no_text_relocations
grep -qx "prefix=$prefix" "$root/lib/pkgconfig/pal-host.pc" &&
	grep -q "ExecStart=$prefix/bin/pal enable" \
		"$destdir/etc/systemd/system/palisade.service"
result $? files_name_the_prefix_without_destdir
"$root/bin/pal" enable >"$log" 2>&1
"$root/bin/pal" check --json >"$log" 2>&1
! grep -q 'lib/palisade/palisade.bin' "$log"
result $? the_tool_finds_its_own_hypervisor
if command -v systemd-analyze >/dev/null; then
	sed "s|$prefix/bin/pal|/bin/true|" \
		"$destdir/etc/systemd/system/palisade.service" \
		>"${log%.*}.palisade.service"
	systemd-analyze verify --man=no "${log%.*}.palisade.service" \
		>"$log" 2>&1
	result $? the_unit_is_well_formed
	rm -f "${log%.*}.palisade.service"
fi
bash -c ". '$root/share/bash-completion/completions/pal'
	PATH=$root/bin:\$PATH
	COMP_WORDS=(pal me) COMP_CWORD=1; _pal; echo \${COMPREPLY[*]}
	COMP_WORDS=(pal measure --j) COMP_CWORD=2; _pal; echo \${COMPREPLY[*]}
	" >"$log" 2>&1
grep -qx measure "$log" && grep -qx -- --json "$log"
result $? bash_completes_commands_and_options

# Manual pages: one for each subcommand, every function, no complaint.
for command in $("$root/bin/pal" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	missing $prefix/share/man/man1/pal-$command.1
done >"$log"
[ ! -s "$log" ]
result $? each_subcommand_has_a_manual_page
while read -r name; do
	grep -q "^\.Fn $name" "$root"/share/man/man3/pal_*.3 || echo "$name"
done <"$log.so" >"$log"
[ ! -s "$log" ]
result $? each_function_is_in_the_manual
if command -v groff >/dev/null; then
	for page in "$root"/share/man/man*/*; do
		groff -mandoc -Tutf8 -ww "$page" 2>&1 >/dev/null
	done >"$log"
	[ ! -s "$log" ]
	result $? manual_pages_are_well_formed
fi

echo kept >"$destdir/etc/default/palisade"
touch "$root/lib/palisade/mine.pal"
make --no-print-directory DESTDIR="$destdir" PREFIX="$prefix" uninstall \
	>"$log" 2>&1
result $? uninstall_works
find "$destdir" ! -type d >"$log"
[ "$(sort "$log")" = "$(printf '%s\n' "$destdir/etc/default/palisade" \
	"$destdir/etc/palisade/pald.conf" "$root/lib/palisade/mine.pal" | sort)" ]
result $? it_leaves_only_what_others_made
make --no-print-directory DESTDIR="$destdir" PREFIX="$prefix" uninstall \
	>"$log" 2>&1
[ $? != 0 ] && grep -q 'nothing installed' "$log"
result $? twice_is_an_error

finish
