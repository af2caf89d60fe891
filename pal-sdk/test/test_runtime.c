/* SPDX-License-Identifier: BSD-2-Clause */
/* The runtime's dispatch, with a window and buffers of the test's own. */
#include "runtime/runtime.h"
#include <string.h>
#include "pal.h"
#include "tap.h"

#define ARG_SIZE PAL_PAGE_SIZE

static unsigned char window[2 * ARG_SIZE];
static unsigned char buffers[2 * ARG_SIZE];
unsigned char *const runtime_window = window;
static unsigned char peer_area[2 * ARG_SIZE];
unsigned char *const runtime_peer_area = peer_area;

static long answer;
static size_t seen_in_size, seen_out_size;

/* Changes the window, as a hostile caller would, and shows what it read. */
static long copy(const void *in, size_t in_size, void *out, size_t out_size)
{
	memset(window, 'H', sizeof(window));
	memcpy(out, in, in_size < out_size ? in_size : out_size);
	return (long)in_size;
}

static long scripted(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in;
	seen_in_size = in_size;
	seen_out_size = out_size;
	memset(out, 'S', out_size);
	return answer;
}

#define QUANTUM 1000003

static uint64_t wanted_quantum;

/* What pal_pad_time() does, which finds the thread by the PAL's stack. */
static long padded(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size;
	runtime_quanta[0] = wanted_quantum;
	memset(out, 'P', out_size);
	return (long)out_size;
}

PAL_ARG_SIZE(ARG_SIZE);
PAL_ENTRIES(copy, scripted, padded);

static long call(uint64_t entry, uint64_t in_size, uint64_t out_size)
{
	return runtime_dispatch(entry, 0, in_size, out_size, sizeof(window),
				buffers, 0);
}

static void input_and_output_are_copied(void)
{
	memset(window, 'W', sizeof(window));
	memcpy(window, "secret", 6);
	CHECK(call(0, 6, 10) == 6);
	CHECK(!memcmp(window, "secretHHHH", 10));
}

static void each_thread_has_its_own_slice(void)
{
	memset(window, 0, sizeof(window));
	memcpy(window + ARG_SIZE, "two", 3);
	CHECK(runtime_dispatch(0, 1, 3, 3, sizeof(window), buffers, 0) == 3);
	CHECK(!memcmp(window + ARG_SIZE, "twoH", 4) && window[0] == 'H');
}

static void only_claimed_output_leaves(void)
{
	memset(window, 'W', sizeof(window));
	answer = 2;
	CHECK(call(1, 0, 8) == 2);
	CHECK(seen_in_size == 0 && seen_out_size == 8);
	CHECK(!memcmp(window, "SSWW", 4));
	CHECK(!buffers[ARG_SIZE + 2] && !buffers[ARG_SIZE + 7]);
}

static void a_peer_brings_its_own_memory(void)
{
	memset(window, 'W', sizeof(window));
	memcpy(peer_area + ARG_SIZE, "two", 3);
	CHECK(runtime_dispatch(0, 1, 3, 3, 0, buffers, 1) == 3);
	CHECK(runtime_is_peer[1] && !runtime_is_peer[0]);
	CHECK(!memcmp(peer_area + ARG_SIZE, "two", 3));
}

static void an_error_leaves_the_window_alone(void)
{
	memset(window, 'W', sizeof(window));
	answer = PAL_ERROR_LOWEST;
	CHECK(call(1, 0, 8) == PAL_ERROR_LOWEST);
	CHECK(window[0] == 'W' && !buffers[ARG_SIZE]);
}

static void impossible_results_become_an_error(void)
{
	const long answers[] = {9, ARG_SIZE, 0x7fffffffffffffff,
				PAL_ERROR_LOWEST - 1, -0x7fffffffffffffff};

	memset(window, 'W', sizeof(window));
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		answer = answers[i];
		CHECK(call(1, 0, 8) == PAL_STATUS_BAD_RESULT);
		CHECK(window[0] == 'W');
	}
}

static void wrong_calls_are_refused(void)
{
	CHECK(call(3, 0, 0) == PAL_STATUS_BAD_ENTRY);
	CHECK(call(UINT64_MAX, 0, 0) == PAL_STATUS_BAD_ENTRY);
	CHECK(call(1, ARG_SIZE + 1, 0) == PAL_STATUS_BIG_INPUT);
	CHECK(call(1, UINT64_MAX, 0) == PAL_STATUS_BIG_INPUT);
	CHECK(call(1, 0, ARG_SIZE + 1) == PAL_STATUS_BIG_OUTPUT);
	CHECK(call(1, 0, UINT64_MAX) == PAL_STATUS_BIG_OUTPUT);
	CHECK(runtime_dispatch(1, 2, 0, 0, sizeof(window), buffers, 0) ==
	      PAL_STATUS_BAD_WINDOW);
	CHECK(runtime_dispatch(1, 0, 0, 0, ARG_SIZE - 1, buffers, 0) ==
	      PAL_STATUS_BAD_WINDOW);
}

static void full_sizes_are_allowed(void)
{
	memset(window, 'x', sizeof(window));
	CHECK(call(0, ARG_SIZE, ARG_SIZE) == ARG_SIZE);
	CHECK(window[0] == 'x' && window[ARG_SIZE - 1] == 'x');
	CHECK(window[ARG_SIZE] == 'H');
}

static void every_size_is_copied_and_wiped_exactly(void)
{
	for (uint64_t size = 0; size < 600; size++) {
		memset(window, 'W', sizeof(window));
		for (uint64_t i = 0; i < size; i++)
			window[i] = (unsigned char)(i * 7 + 1);
		memset(buffers + ARG_SIZE, 'B', ARG_SIZE);
		CHECK(call(0, size, ARG_SIZE - 3) == (long)size);
		for (uint64_t i = 0; i < size; i++)
			CHECK(window[i] == (unsigned char)(i * 7 + 1));
		CHECK(window[size] == 'H');
		for (uint64_t i = size; i < ARG_SIZE - 3; i++)
			CHECK(!buffers[ARG_SIZE + i]);
		CHECK(buffers[2 * ARG_SIZE - 3] == 'B');
	}
}

static uint64_t ticks_of_padded(uint64_t quantum)
{
	uint64_t begin = runtime_ticks();

	wanted_quantum = quantum;
	CHECK(call(2, 0, 8) == 8);
	return runtime_ticks() - begin;
}

static void a_padded_call_takes_its_quantum(void)
{
	CHECK(ticks_of_padded(QUANTUM) >= QUANTUM);
	CHECK(ticks_of_padded(1) >= 1);
	wanted_quantum = 0;
	CHECK(call(2, 0, 8) == 8 && runtime_quanta[0] == 0);
}

static void work_longer_than_a_quantum_takes_whole_ones(void)
{
	uint64_t begin = runtime_ticks();

	while (runtime_ticks() - begin < QUANTUM)
		continue;
	runtime_pad(begin, QUANTUM);
	CHECK(runtime_ticks() - begin >= 2 * QUANTUM);
}

static void padding_is_for_one_call(void)
{
	wanted_quantum = QUANTUM;
	CHECK(call(2, 0, 8) == 8 && runtime_quanta[0] == QUANTUM);
	CHECK(call(0, 0, 0) == 0 && runtime_quanta[0] == 0);
}

int main(void)
{
	RUN(input_and_output_are_copied);
	RUN(each_thread_has_its_own_slice);
	RUN(only_claimed_output_leaves);
	RUN(a_peer_brings_its_own_memory);
	RUN(an_error_leaves_the_window_alone);
	RUN(impossible_results_become_an_error);
	RUN(wrong_calls_are_refused);
	RUN(full_sizes_are_allowed);
	RUN(every_size_is_copied_and_wiped_exactly);
	RUN(a_padded_call_takes_its_quantum);
	RUN(work_longer_than_a_quantum_takes_whole_ones);
	RUN(padding_is_for_one_call);
	return TAP_END();
}
