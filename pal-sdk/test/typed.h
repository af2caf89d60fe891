/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions with every form of input and output. */
#ifndef TEST_TYPED_H
#define TEST_TYPED_H

#include <pal_struct.h>

enum typed_kind { TYPED_SUM, TYPED_LARGEST };

PAL_STRUCT(typed_point, PAL_FIELD(int32_t, x) PAL_FIELD(int32_t, y));
PAL_STRUCT(typed_request,
	   PAL_NESTED(typed_point, origin) PAL_NESTED_ARRAY(typed_point, to, 3)
		   PAL_FIELD(double, scale) PAL_FIELD(enum typed_kind, kind)
			   PAL_ARRAY(char, name, 12));
PAL_STRUCT(typed_reply, PAL_FIELD(int64_t, result) PAL_ARRAY(char, name, 16));
PAL_STRUCT(typed_numbers, PAL_FIELD(uint64_t, calls) PAL_FIELD(uint64_t, data));

#define TYPED_FUNCTIONS(F)                                                     \
	F(typed_compute, STRUCT(typed_request), STRUCT(typed_reply))           \
	F(typed_reverse, BYTES(5000), BYTES(5000))                             \
	F(typed_count, BYTES(100), STRUCT(typed_numbers))                        \
	F(typed_repeat, STRUCT(typed_point), BYTES(64))                        \
	F(typed_note, STRUCT(typed_point), NONE)                               \
	F(typed_feed, BYTES(100), NONE)                                        \
	F(typed_stats, NONE, STRUCT(typed_numbers))                              \
	F(typed_text, NONE, BYTES(10))                                         \
	F(typed_nothing, NONE, NONE)                                           \
	F(typed_sum_data, NONE, STRUCT(typed_numbers))

#define TYPED_EKIND (-7)

#endif
