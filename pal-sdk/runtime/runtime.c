/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A call, from what the caller stated to what it gets back.  Nothing below
 * this sees memory that the caller can change.
 *
 * Thread i owns bytes [i * arg_size, (i + 1) * arg_size) of the window: input
 * at the start of the call, output at its end.  What follows is data.c's.
 */
#include "runtime.h"
#include <stdbool.h>
#include <string.h>
#include "pal.h"

uint64_t runtime_window_size;
unsigned char runtime_is_peer[PAL_MAX_THREADS];

/* Keeps a mispredicted bounds check from reading past the table. */
static uint64_t clamp_index(uint64_t index, uint64_t count)
{
	uint64_t mask;

	__asm__("cmp %[count], %[index]\n\t"
		"sbb %[mask], %[mask]"
		: [mask] "=r"(mask)
		: [index] "r"(index), [count] "r"(count)
		: "cc");
	return index & mask;
}

/* From here on the CPU's own copy beats libc's loop of 8 bytes. */
#define LONG_COPY 256

static void copy(unsigned char *to, const unsigned char *from, uint64_t size)
{
	uint64_t words = size / 8;

	if (size >= LONG_COPY) {
		__asm__ volatile("rep movsq"
				 : "+D"(to), "+S"(from), "+c"(words)
				 :
				 : "memory");
		size %= 8;
	}
	memcpy(to, from, size);
}

static void wipe(unsigned char *from, uint64_t size)
{
	uint64_t words = size / 8;

	if (size >= LONG_COPY) {
		__asm__ volatile("rep stosq"
				 : "+D"(from), "+c"(words)
				 : "a"(0)
				 : "memory");
		size %= 8;
	}
	memset(from, 0, size);
}

static long check(uint64_t entry, uint64_t thread, uint64_t in_size,
		  uint64_t out_size, uint64_t window_size)
{
	if (entry >= pal_entry_count)
		return PAL_STATUS_BAD_ENTRY;
	if (in_size > pal_arg_size)
		return PAL_STATUS_BIG_INPUT;
	if (out_size > pal_arg_size)
		return PAL_STATUS_BIG_OUTPUT;
	if ((thread + 1) * pal_arg_size > window_size)
		return PAL_STATUS_BAD_WINDOW;
	return 0;
}

/* Bytes of output, the function's own error, or what typed calls refuse. */
static bool is_allowed(long result, uint64_t out_size)
{
	return result == PAL_STATUS_BAD_SIZE ||
	       (result >= PAL_ERROR_LOWEST && result <= (long)out_size);
}

long runtime_dispatch(uint64_t entry, uint64_t thread, uint64_t in_size,
		      uint64_t out_size, uint64_t window_size,
		      unsigned char *buffers, uint64_t is_peer)
{
	unsigned char *area = is_peer ? runtime_peer_area : runtime_window;
	unsigned char *slice = area + thread * pal_arg_size;
	unsigned char *out = buffers + pal_arg_size;
	long result = check(entry, thread, in_size, out_size,
			    is_peer ? UINT64_MAX : window_size);
	uint64_t begin = runtime_ticks();
	uint64_t written;

	if (result)
		return result;

	runtime_quanta[thread] = 0;
	runtime_window_size = window_size;
	runtime_is_peer[thread] = (unsigned char)is_peer;
	if (in_size)
		copy(buffers, slice, in_size);
	entry = clamp_index(entry, pal_entry_count);
	result = pal_entries[entry](buffers, in_size, out, out_size);
	if (!is_allowed(result, out_size))
		result = PAL_STATUS_BAD_RESULT;
	/* Before the window tells, which everybody sees. */
	if (runtime_quanta[thread])
		runtime_pad(begin, runtime_quanta[thread]);

	written = result > 0 ? (uint64_t)result : 0;
	if (written)
		copy(slice, out, written);
	if (written < out_size)
		wipe(out + written, out_size - written);
	return result;
}
