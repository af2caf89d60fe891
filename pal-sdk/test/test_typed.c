/* SPDX-License-Identifier: BSD-2-Clause */
/* Typed calls, from the stubs to the functions in a PAL (in the simulator). */
#include <pal_host.h>
#include <string.h>
#include "abi/pal_image.h"
#include "tap.h"
#include "typed.h"

PAL_STUBS(TYPED_FUNCTIONS);

static const char *image;

static struct pal *open_typed(size_t data_size)
{
	struct pal *pal = NULL;

	CHECK(pal_open_with_data(image, data_size, &pal) == 0);
	return pal;
}

static void structures_cross(void)
{
	struct pal *pal = open_typed(0);
	struct typed_request request = {
		.origin = {1, 2},
		.to = {{3, 4}, {5, 6}, {7, -8}},
		.scale = 2.5,
		.name = "point",
	};
	struct typed_reply reply;

	memset(&reply, 'R', sizeof(reply));
	CHECK(typed_compute(pal, &request, &reply) == 0);
	CHECK(reply.result == 50 && !strcmp(reply.name, "point"));
	/* what the function did not set is zero */
	CHECK(!memcmp(reply.name + 6, "\0\0\0\0\0\0\0\0\0", 10));
	pal_close(pal);
}

static void an_error_leaves_the_reply_alone(void)
{
	struct pal *pal = open_typed(0);
	struct typed_request request = {.kind = TYPED_LARGEST};
	struct typed_reply reply = {.result = 9};

	CHECK(typed_compute(pal, &request, &reply) == TYPED_EKIND);
	CHECK(reply.result == 9);
	CHECK(typed_compute(pal, NULL, &reply) == PAL_EINVAL);
	CHECK(typed_compute(pal, &request, NULL) == PAL_EINVAL);
	CHECK(typed_compute(NULL, &request, &reply) == PAL_EINVAL);
	pal_close(pal);
}

static void bytes_cross_up_to_their_limit(void)
{
	struct pal *pal = open_typed(0);
	static unsigned char in[6000], out[6000];
	size_t size = 1;

	in[0] = 1;
	in[4999] = 2;
	CHECK(typed_reverse(pal, in, 5000, out, sizeof(out), &size) == 0);
	CHECK(size == 5000 && out[0] == 2 && out[4999] == 1);
	CHECK(typed_reverse(pal, in, 5001, out, sizeof(out), &size) ==
	      PAL_STATUS_BAD_SIZE);
	CHECK(strstr(pal_error_text(), "same header"));
	CHECK(typed_reverse(pal, in, 10, out, 9, &size) == -1 && size == 5000);
	CHECK(typed_reverse(pal, NULL, 0, NULL, 0, &size) == 0 && size == 0);
	pal_close(pal);
}

static void each_half_may_have_each_form(void)
{
	struct pal *pal = open_typed(0);
	struct typed_point point = {'p', 5};
	struct typed_numbers stats;
	char out[64] = "";
	size_t size;

	CHECK(typed_count(pal, "\1\2\3", 3, &stats) == 0 && stats.data == 6);
	CHECK(typed_repeat(pal, &point, out, sizeof(out), &size) == 0);
	CHECK(size == 5 && !strcmp(out, "ppppp"));
	CHECK(typed_text(pal, out, sizeof(out), &size) == 0 && size == 10);
	point.y = -3;
	CHECK(typed_note(pal, &point) == -3);
	CHECK(typed_feed(pal, out, 100) == 0);
	CHECK(typed_nothing(pal) == 0);
	CHECK(typed_stats(pal, &stats) == 0 && stats.calls == 'p' + 101);
	pal_close(pal);
}

static void a_function_that_claims_too_much_is_caught(void)
{
	struct pal *pal = open_typed(0);
	struct typed_point point = {'p', 65};
	char out[100];
	size_t size = 7;

	CHECK(typed_repeat(pal, &point, out, sizeof(out), &size) ==
	      PAL_STATUS_BAD_RESULT);
	point.y = 11;
	CHECK(typed_repeat(pal, &point, out, 10, &size) ==
	      PAL_STATUS_BAD_RESULT);
	point.y = 1;
	CHECK(typed_note(pal, &point) == PAL_STATUS_BAD_RESULT);
	point.y = -5000;
	CHECK(typed_note(pal, &point) == PAL_STATUS_BAD_RESULT);
	CHECK(size == 7);
	pal_close(pal);
}

/* A program with another idea of the header, or without the stubs. */
static void wrong_sizes_never_reach_the_function(void)
{
	struct pal *pal = open_typed(0);
	struct typed_point point = {1, 0};
	struct typed_numbers stats;
	size_t size;

	for (size_t in = 0; in <= 16; in++)
		if (in != sizeof(point))
			CHECK(pal_call(pal, PAL_NUMBER_OF_typed_note, &stats,
				       in, NULL, 0,
				       NULL) == PAL_STATUS_BAD_SIZE);
	for (size_t out = 0; out < sizeof(stats); out++)
		CHECK(pal_call(pal, PAL_NUMBER_OF_typed_stats, NULL, 0, &stats,
			       out, &size) == PAL_STATUS_BAD_SIZE);
	CHECK(pal_call(pal, PAL_NUMBER_OF_typed_nothing, "x", 1, NULL, 0,
		       NULL) == PAL_STATUS_BAD_SIZE);
	CHECK(pal_call_exact(pal, PAL_NUMBER_OF_typed_text, NULL, 0, &stats,
			     11) == PAL_STATUS_BAD_RESULT);
	CHECK(typed_stats(pal, &stats) == 0 && stats.calls == 0);
	pal_close(pal);
}

static void arguments_take_no_more_room_than_declared(void)
{
	struct pal *pal = open_typed(0);

	CHECK(pal_arg_size(pal) == 8192 && pal_thread_count(pal) == 2);
	pal_close(pal);
}

static void data_is_shared_without_copying(void)
{
	struct pal *pal = open_typed(1000000);
	struct typed_numbers stats;
	unsigned char *data = pal_data(pal);
	size_t size = pal_data_size(pal);

	CHECK(size == 1003520 && (uintptr_t)data % PAL_PAGE_SIZE == 0);
	CHECK(data == (unsigned char *)pal_window(pal) + 2 * 8192);
	data[0] = 1;
	data[size - 1] = 2;
	CHECK(typed_sum_data(pal, &stats) == 0 && stats.data == 3);
	CHECK(data[0] == 77);
	CHECK(typed_stats(pal, &stats) == 0 && stats.data == size);
	pal_close(pal);
}

static void without_data_there_is_none(void)
{
	struct pal *pal = open_typed(0), *none = NULL;
	struct typed_numbers stats;

	CHECK(!pal_data(pal) && !pal_data_size(pal));
	CHECK(typed_stats(pal, &stats) == 0 && stats.data == 0);
	pal_close(pal);
	CHECK(pal_open_with_data(image, SIZE_MAX, &none) == PAL_EINVAL);
	CHECK(pal_open_with_data(image, 0x40000000, &none) == PAL_EINVAL);
	CHECK(strstr(pal_error_text(), "at most 1073725440") && !none);
}

int main(int argc, char **argv)
{
	image = argc > 1 ? argv[1] : "typed.pal";
	RUN(structures_cross);
	RUN(an_error_leaves_the_reply_alone);
	RUN(bytes_cross_up_to_their_limit);
	RUN(each_half_may_have_each_form);
	RUN(a_function_that_claims_too_much_is_caught);
	RUN(wrong_sizes_never_reach_the_function);
	RUN(arguments_take_no_more_room_than_declared);
	RUN(data_is_shared_without_copying);
	RUN(without_data_there_is_none);
	return TAP_END();
}
