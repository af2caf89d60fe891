#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# pal cc, pal new and what other build systems get, from the build tree and from
# an installed prefix; the same image comes out of each.
#
# Usage: test_cc.sh BUILD INSTALLED	(BUILD/pal-sdk/pal, INSTALLED/bin/pal)

set -u
build=$(cd "$1" && pwd) prefix=$(cd "$2" && pwd)
pal=$build/pal-sdk/pal
installed=$prefix/bin/pal
. pal-sdk/test/tap.sh
unset CC

good() {	# claim command...
	claim=$1
	shift
	"$@" >"$dir/log" 2>&1 </dev/null
	result $? "$claim"
}

# As that of tap.sh, with both in $dir/log.
expect() {	# claim status words command...
	claim=$1 status=$2 words=$3
	shift 3
	"$@" >"$dir/log" 2>&1 </dev/null
	[ $? = "$status" ] && grep -qF -- "$words" "$dir/log"
	result $? "$claim"
}

same() {	# claim image image
	cmp "$2" "$3" >"$dir/log" 2>&1
	result $? "$1"
}

# A PAL that would have its paths inside, if it could.
project() {	# folder
	mkdir -p "$1/src" "$1/inc"
	cat >"$1/inc/part.h" <<-'END'
		static inline const char *header_file(void) { return __FILE__; }
	END
	cat >"$1/src/key.c" <<-'END'
		#include <assert.h>
		#include <pal.h>
		#include <psa/crypto.h>
		#include <stdio.h>
		#include <part.h>
		PAL_NAME("where");
		const char *other_file(void);
		static long where(const void *in, size_t in_size, void *out,
				  size_t out_size)
		{
			(void)in;
			assert(in_size < 100);
			if (in_size && psa_crypto_init())
				return -1;
			return snprintf(out, out_size, "%s %s %s " WORD,
					__FILE__, header_file(), other_file());
		}
		PAL_ENTRIES(where);
	END
	cat >"$1/src/other.c" <<-'END'
		const char *other_file(void);
		const char *other_file(void) { return __FILE__; }
	END
}

compile() {	# pal folder options: from inside that folder
	(cd "$2" && shift 2 && "$tool" cc -DWORD='"w"' -O2 -Wall -Wextra \
		-Werror -I inc "$@" src/key.c src/other.c) \
		>"$dir/log" 2>&1 </dev/null
}

project "$dir/a"
project "$dir/b/deeper and with a blank"
b="$dir/b/deeper and with a blank"
tool=$pal
compile x "$dir/a" -o key.pal
result $? cc_compiles_links_and_packs
tool=$installed
compile x "$b" -o key.pal
result $? cc_works_from_a_prefix
same the_same_image_in_another_folder_by_another_installation \
	"$dir/a/key.pal" "$b/key.pal"
expect no_path_is_in_the_image 0 'src/key.c inc/part.h src/other.c w' \
	env PAL_BACKEND=sim "$pal" run -n "$dir/a/key.pal"
cp "$dir/a/key.pal" "$dir/key.pal"
compile x "$dir/a" -g -fomit-frame-pointer -o key.pal
[ -f "$dir/a/key.elf" ] && nm "$dir/a/key.elf" | grep -q ' where$'
result $? with_g_symbols_stay_beside_it
same and_change_nothing_but_frame_pointers "$dir/a/key.pal" "$dir/key.pal"
compile x "$dir/a" -g -o framed.pal
objdump -d "$dir/a/framed.elf" 2>"$dir/log" | grep -A2 '<where>:' |
	grep -q 'mov .*%rsp,%rbp'
result $? with_g_backtraces_find_the_callers
[ ! -e "$b/key.elf" ] && [ -z "$(ls -d /tmp/pal-?????? 2>/dev/null)" ]
result $? without_g_nothing_stays

# Absolute paths, as CMake has them, and objects first.
absolute() {	# folder build-folder
	mkdir -p "$2"
	(cd "$2" && for one in key other; do
		"$installed" cc -DWORD='"w"' -I "$1/inc" -MMD -MP -c \
			-o $one.o "$1/src/$one.c" || exit 1
	done && "$installed" cc -o key.pal key.o other.o)
}
good objects_and_absolute_paths absolute "$dir/a" "$dir/build-a"
absolute "$b" "$dir/elsewhere/deep/build" >"$dir/log" 2>&1
same absolute_paths_are_not_in_the_image "$dir/build-a/key.pal" \
	"$dir/elsewhere/deep/build/key.pal"
grep -q 'inc/part.h' "$dir/build-a/key.d"
result $? dependencies_are_written
cp -r "$prefix" "$dir/moved"
tool=$dir/moved/bin/pal
compile x "$dir/a" -o moved.pal
result $? a_prefix_can_be_moved
same and_builds_the_same "$dir/a/moved.pal" "$dir/key.pal"
for name in hello sign; do
	"$pal" cc -o "$dir/$name.pal" "examples/$name/${name}_pal.c" \
		>"$dir/log" 2>&1
	same "${name}_is_the_same_as_by_the_makefile" "$dir/$name.pal" \
		"$build/examples/$name/$name.pal"
done

cd "$dir/a" || exit 1
if command -v clang >/dev/null; then
	good clang_works env CC=clang "$pal" cc -DWORD='"w"' -Iinc \
		-o clang.pal src/key.c src/other.c
	expect and_its_pal_runs 0 'src/key.c' \
		env PAL_BACKEND=sim "$pal" run -n clang.pal
else
	skip clang_works 'there is no clang'
fi
expect a_compiler_that_is_not_there_is_named 1 'CC=no-cc: this is no C' \
	env CC=no-cc "$pal" cc src/key.c
expect no_compiler_at_all_is_told 1 'install gcc or clang' \
	env PATH=/nowhere "$pal" cc src/key.c
expect cc_needs_a_file 2 'no file to compile' "$pal" cc
expect an_unknown_option_is_named 2 '-Z' "$pal" cc -Z src/key.c
expect another_language_is_refused 2 'x.cc: PALs are made of' "$pal" cc x.cc
expect errors_are_the_compilers 1 'nothing.c' "$pal" cc src/nothing.c
expect an_image_that_cannot_be_written 1 '/nowhere' "$pal" cc -DWORD='""' \
	-Iinc -o /nowhere/key.pal src/key.c src/other.c

# What no PAL can have: the source line, the cause, and what to do.
said() {	# claim pattern: in the messages of the last command, all in one line
	grep -qx "pal: $2" "$dir/log" && ! grep -qE '/tmp|ld:' "$dir/log"
	result $? "$1"
}
mkdir "$dir/wrong"
cd "$dir/wrong" || exit 1
cat >head.h <<'END'
#include <pal.h>
static long f(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	return helper();
}
END
cat >none.c <<'END'
#include <pal.h>
PAL_NAME("none");
END
expect functions_that_are_not_listed 1 none.c "$pal" cc none.c
said are_told_with_the_macros 'none.c: the PAL has no functions: .*PAL_ENTRIES.*'
cat >'lib c.c' <<'END'
int printf(const char *, ...);
long time(long *); int rand(void), other(void);
static long helper(void)
{
	printf("%d\n", 3);
	return time(0) + rand() + other();
}
#include "head.h"
PAL_ENTRIES(f);
END
expect functions_of_libc_have_their_line 1 pal_log "$pal" cc -w 'lib c.c'
said so_has_printf 'lib c.c:5: PALs do not have printf: .*pal_log().*'
said so_has_time 'lib c.c:6: PALs do not have time: they have no clock; .*'
said so_has_rand 'lib c.c:6: PALs do not have rand: use pal_random()'
said so_has_what_nobody_knows \
	'lib c.c:6: PALs do not have other: .*source or library.*'
"$pal" cc -w -c -o libc.o 'lib c.c'
expect an_object_without_lines_has_its_file 1 pal_log "$pal" cc libc.o
said at_least_that 'lib c.c: PALs do not have printf: .*'
expect with_g_it_is_the_same 1 "$(printf 'lib c.c:5: ')" \
	"$pal" cc -g -w 'lib c.c'
cat >unused.c <<'END'
#include <pal.h>
int printf(const char *, ...);
void unused(void);
void unused(void) { printf("x"); }
static long helper(void) { return 0; }
#include "head.h"
PAL_ENTRIES(f);
END
good what_nobody_calls_does_not_matter "$pal" cc unused.c
cat >name.c <<'END'
#include <pal.h>
static long helper(void) { return 0; }
#include "head.h"
PAL_NAME("my vault");
PAL_ENTRIES(f);
END
expect a_bad_name_is_told 1 PAL_NAME "$pal" cc name.c
said with_its_source 'name.c: PAL_NAME("my vault"): .*no blanks'
cat >init.c <<'END'
static volatile int ready;
__attribute__((constructor)) static void init(void)
{
	ready = 1;
}
static long helper(void) { return ready; }
#include "head.h"
PAL_ENTRIES(f);
END
expect a_constructor_is_told 1 init "$pal" cc init.c
said with_its_line 'init.c:[34]: init is a constructor .*'
cat >local.c <<'END'
static _Thread_local long count;
static long helper(void)
{
	return count++;
}
#include "head.h"
PAL_ENTRIES(f);
END
expect a_thread_local_variable_is_told 1 count "$pal" cc local.c
said with_its_line_and_what_to_use \
	'local.c:4: thread-local variable count: .*pal_thread_index()'
expect an_error_of_the_linker_is_its_own 1 'lnothing' \
	"$pal" cc unused.c -lnothing
good dependencies_of_an_image_stay_nowhere "$pal" cc -MMD -o unused.pal unused.c
cd "$dir/a" || exit 1
[ -z "$(ls -d /tmp/pal-?????? 2>/dev/null)" ]
result $? failures_leave_nothing
cp "$pal" "$dir/pal-alone"
expect a_lonely_tool_says_what_is_missing 1 'install libpal-dev' \
	"$dir/pal-alone" cc src/key.c

if "$pal" --help | grep -q keygen; then
	"$pal" keygen "$dir/key.pem" >"$dir/log" 2>&1 ||
		"$pal" keygen -o "$dir/key.pem" >"$dir/log" 2>&1
	good cc_signs "$pal" cc -k "$dir/key.pem" -DWORD='"w"' -Iinc -O2 \
		-Wall -o signed.pal src/key.c src/other.c
	[ "$("$pal" measure signed.pal)" = "$("$pal" measure key.pal)" ]
	result $? signing_does_not_change_the_measurement
	expect a_missing_key_leaves_no_image 1 nokey.pem "$pal" cc -k nokey.pem \
		-DWORD='"w"' -Iinc -o unsigned.pal src/key.c src/other.c
	[ ! -e unsigned.pal ]
	result $? really_none
fi

# pal new, built by make with pal.mk.
cd "$dir" || exit 1
expect new_makes_a_project 0 'make test' "$pal" new vault
expect new_does_not_overwrite 1 'vault: File exists' "$pal" new vault
for bad in 1x a-b '' ../x "$(printf 'x%.0s' 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 \
	8 9 0 1 2 3 4 5)"; do
	expect "new_refuses_the_name_'$bad'" 2 'is no name' "$pal" new "$bad"
done
! grep -ri '@name@' vault >"$dir/log"
result $? new_leaves_no_mark
good new_builds_and_tests_itself make -C vault "PAL=$installed" test
grep -qx ok "$dir/log"
result $? and_says_ok
touch vault/vault.h
make -C vault "PAL=$installed" -n vault.pal 2>&1 | grep -q 'vault_pal.c'
result $? a_changed_header_is_noticed
good new_cleans_up make -C vault "PAL=$installed" clean
[ "$(ls vault | wc -l)" = 6 ]
result $? all_of_it

# pkg-config, for both sides.
flags() {
	PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config \
		"--define-variable=prefix=$prefix" "$@"
}
by_hand() {
	gcc -O2 $(flags --cflags pal) -c -o hand.o vault/vault_pal.c &&
		gcc hand.o $(flags --libs pal) -o hand.elf &&
		"$installed" pack hand.elf &&
		gcc $(flags --cflags pal-host) -o hand vault/vault.c \
			$(flags --libs pal-host) &&
		cp hand.pal vault.pal &&
		LD_LIBRARY_PATH=$prefix/lib PAL_BACKEND=sim ./hand 5 6
}
if command -v pkg-config >/dev/null; then
	good pkg_config_serves_both_sides by_hand
	grep -qx 11 "$dir/log"
	result $? and_the_result_runs
else
	skip pkg_config_serves_both_sides 'there is no pkg-config'
fi

cat >vault/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.20)
project(vault C CXX)
find_package(Palisade 0.1 REQUIRED)
add_executable(vault vault.c)
target_link_libraries(vault Palisade::pal)
configure_file(vault.c ${CMAKE_BINARY_DIR}/vault.cc COPYONLY)
add_executable(vault_cc ${CMAKE_BINARY_DIR}/vault.cc)
target_include_directories(vault_cc PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(vault_cc Palisade::pal)
pal_add_image(vault_image SOURCES vault_pal.c OPTIONS -Wall -g)
add_custom_command(TARGET vault_image POST_BUILD COMMAND
	${CMAKE_COMMAND} -E copy vault_image.pal vault.pal)
END
with_cmake() {
	cmake -S vault -B cmake "-DCMAKE_PREFIX_PATH=$prefix" &&
		cmake --build cmake && cd cmake &&
		PAL_BACKEND=sim ./vault 20 3 && PAL_BACKEND=sim ./vault_cc 2 5
}
if command -v cmake >/dev/null; then
	(with_cmake) >"$dir/log" 2>&1 </dev/null
	result $? cmake_builds_image_program_and_cxx_program
	grep -qx 23 "$dir/log" && grep -qx 7 "$dir/log"
	result $? and_they_run
	touch vault/vault.h
	cmake --build cmake 2>&1 | grep -q 'Compiling PAL object'
	result $? cmake_notices_a_changed_header
else
	skip cmake_builds_image_and_program 'there is no cmake'
fi

finish
