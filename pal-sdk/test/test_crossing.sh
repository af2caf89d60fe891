#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What may cross between program and PAL, and what the compilers say to the
# rest; programs in C++.
#
# Usage: test_crossing.sh FLAG...	compiler flags of a PAL

set -u
. pal-sdk/test/tap.sh

# Standard input is the shared header.
header() {
	{ echo '#include <pal_struct.h>'; cat; } >"$dir/x.h"
}

cat >"$dir/x.c" <<'END'
#include <pal.h>
#include "x.h"
PAL_FUNCTIONS(X);
int f(const struct request *request) { return request->a ? 0 : -1; }
END
list='#define X(F) F(f, STRUCT(request), NONE)'

compile() {	# compiler, flags of the PAL
	"$@" -fsyntax-only "$dir/x.c" >"$dir/log" 2>&1
}

expect_error() {	# claim words compiler flags...
	claim=$1 words=$2
	shift 2
	! compile "$@" && grep -q "$words" "$dir/log"
	result $? "$claim"
}

# $1: fields after `a`; $2: claim; $3: words
refused() {
	header <<-END
		struct plain { char *p; };
		typedef char *hidden;
		union both { int i; char *p; };
		PAL_STRUCT(request, PAL_FIELD(int, a) $1);
		$list
	END
	for cc in $compilers; do
		expect_error "${2}_by_$cc" "$3" $cc $flags
	done
}

compilers=
for cc in gcc clang; do
	command -v $cc >/dev/null && compilers="$compilers $cc"
done
flags=$*

header <<END
PAL_STRUCT(inner, PAL_FIELD(uint16_t, x) PAL_ARRAY(uint8_t, y, 2));
PAL_STRUCT(request, PAL_FIELD(int, a) PAL_FIELD(float, b)
	PAL_NESTED(inner, c) PAL_NESTED_ARRAY(inner, d, 5)
	PAL_ARRAY(char, e, 8) PAL_FIELD(unsigned long long, f));
$list
END
for cc in $compilers; do
	compile $cc $flags
	result $? "numbers_arrays_and_structures_are_taken_by_$cc"
done

words="field b: its type, .*, cannot cross"
refused 'PAL_ARRAY(char, pad, 4) PAL_FIELD(char *, b)' \
	a_pointer_is_refused "$words"
refused 'PAL_ARRAY(char, pad, 4) PAL_FIELD(hidden, b)' \
	a_hidden_pointer_is_refused "$words"
refused 'PAL_ARRAY(char, pad, 4) PAL_ARRAY(void *, b, 3)' \
	pointers_in_an_array_are_refused "$words"
refused 'PAL_ARRAY(char, pad, 4) PAL_FIELD(struct plain, b)' \
	a_foreign_structure_is_refused "$words"
refused 'PAL_ARRAY(char, pad, 4) PAL_FIELD(union both, b)' \
	a_union_is_refused "$words"
refused 'PAL_FIELD(_Bool, b) PAL_ARRAY(char, pad, 3)' \
	a_truth_value_is_refused "$words"
refused 'PAL_ARRAY(char, pad, 12) PAL_FIELD(long double, b)' \
	a_long_double_is_refused "$words"
refused 'PAL_ARRAY(char, pad, 4) PAL_NESTED(plain, b)' \
	nesting_a_foreign_structure_is_refused PAL_STRUCT_plain_is_missing
refused 'PAL_FIELD(uint64_t, b)' a_gap_is_refused \
	'PAL_STRUCT request: there is a gap'
refused 'PAL_FIELD(uint8_t, b)' a_gap_at_the_end_is_refused \
	'PAL_STRUCT request: there is a gap'

header <<END
struct request { int a; char *p; };
$list
END
for cc in $compilers; do
	expect_error "arguments_must_be_PAL_STRUCTs_for_$cc" \
		PAL_STRUCT_request_is_missing $cc $flags
done

header <<END
PAL_STRUCT(request, PAL_FIELD(int, a));
$list
END
sed -i 's/const struct request \*request/struct request *request/' "$dir/x.c"
for cc in $compilers; do
	expect_error "a_function_with_other_parameters_is_refused_by_$cc" \
		'conflicting types' $cc $flags
done

# Programs, with all forms of arguments, as strict as each language has it.
cat >"$dir/y.cc" <<'END'
#include <pal_host.h>
#include "typed.h"
PAL_STUBS(TYPED_FUNCTIONS);
int use(struct pal *pal);
int use(struct pal *pal)
{
	typed_request request = typed_request();
	typed_reply reply;
	size_t size;
	char text[10];
	return typed_compute(pal, &request, &reply) +
		typed_text(pal, text, sizeof(text), &size) + typed_nothing(pal);
}
END
sed 's/typed_request request = typed_request()/struct typed_request request = {0}/
	s/typed_reply reply/struct typed_reply reply/' "$dir/y.cc" >"$dir/y.c"
strict='-Wall -Wextra -Wshadow -Wconversion -Werror -fsyntax-only'
includes='-Ipal-sdk/include -Ipal-sdk/test'
for one in g++:c++11 g++:c++14 g++:c++20 clang++:c++11 clang++:c++17 \
	   gcc:gnu11 gcc:c11 gcc:gnu2x clang:c11 clang:c17; do
	cc=${one%:*} std=${one#*:} source=$dir/y.c
	command -v $cc >/dev/null || continue
	case $cc in *++) source=$dir/y.cc ;; esac
	$cc -std=$std $strict $includes "$source" >"$dir/log" 2>&1
	result $? "a_program_compiles_with_${cc}_as_$std"
done

finish
