/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside a PAL: what its source is written against.
 *
 * A PAL is a list of functions.  An application calls them by number with
 * pal_call() of pal_host.h:
 *
 *	#include <pal.h>
 *
 *	PAL_NAME("double");
 *
 *	static long twice(const void *in, size_t in_size,
 *			  void *out, size_t out_size)
 *	{ ... }
 *
 *	PAL_ENTRIES(twice);
 *
 * What a function gets:
 *
 *	in	in_size bytes, private: the runtime has copied them out of the
 *		caller's reach, so what is checked stays checked.  Not judged
 *		in any way: sizes and contents are the caller's claim.
 *	out	room for out_size bytes, private.  Only as many bytes as the
 *		function returns are copied to the caller, afterwards.  The
 *		buffer holds zeros, or what an earlier call gave out; unclaimed
 *		bytes are wiped after the call, so it may be scratch space.
 *
 * It returns how many bytes of out count (0..out_size) or an error of its own
 * choice, PAL_ERROR_LOWEST..-1.  Both buffers are aligned to 4096 bytes and end
 * with the call.  Global variables keep their values from call to call until
 * the application closes the PAL.
 *
 * With PAL_THREADS(n), up to n calls run at once and share the global
 * variables: protect them.  There is no system call, no file, no clock; the C
 * library is that of pal-sdk/libc, cryptography is PSA (psa/crypto.h).
 * abort() from <stdlib.h> ends the PAL for good and wipes it; so does every
 * fault (a wild pointer, a division by zero, a stack overflow).
 */
#ifndef PAL_H
#define PAL_H

#include <stddef.h>
#include <stdint.h>
#include "abi/pal_image.h"
#include "pal_meta.h"
#include "pal_status.h"

typedef long (*pal_entry)(const void *in, size_t in_size, void *out,
			  size_t out_size);

/* ---- Options: at file scope, with a semicolon, each at most once in a PAL */

/* The functions, numbered from 0.  Every PAL has exactly one such list. */
#define PAL_ENTRIES(...)                                                       \
	const pal_entry pal_entries[] = {__VA_ARGS__};                         \
	const uint64_t pal_entry_count =                                       \
		sizeof(pal_entries) / sizeof(pal_entries[0]);                  \
	PAL_OPTION(pal_option_entries, PAL_META_ENTRIES,                       \
		   sizeof(pal_entries) / sizeof(pal_entries[0]), "")

/* What people see: 1 to 31 letters and signs, no spaces; default: the file's. */
#define PAL_NAME(name)                                                         \
	_Static_assert(sizeof(name) <= PAL_META_TEXT_SIZE,                     \
		       "PAL_NAME: at most 31 characters");                     \
	PAL_OPTION(pal_option_name, PAL_META_NAME, 0, name)

/* Calls that can run at once, 1..64; default 1. */
#define PAL_THREADS(count)                                                     \
	_Static_assert((count) >= 1 && (count) <= PAL_MAX_THREADS,             \
		       "PAL_THREADS: 1..64");                                  \
	const uint64_t pal_threads = (count);                                  \
	PAL_OPTION(pal_option_threads, PAL_META_THREADS, count, "")

/* Bytes of stack for each thread, rounded up to pages; default 64 KiB. */
#define PAL_STACK_SIZE(bytes)                                                  \
	PAL_OPTION(pal_option_stack_size, PAL_META_STACK_SIZE, bytes, "")

/*
 * Bytes for malloc(), shared by all threads; default 64 KiB if the PAL uses
 * malloc() at all.
 */
#define PAL_HEAP_SIZE(bytes)                                                   \
	char pal_option_heap[bytes]                                            \
		__attribute__((used, aligned(64), section(".bss.pal_heap")))

/*
 * The most bytes of input, and of output, of one call, in whole pages; default
 * 16 KiB.  Each thread has 1 time that much of the caller's memory and 2 times
 * that much private memory.
 */
#define PAL_ARG_SIZE(bytes)                                                    \
	_Static_assert((bytes) >= PAL_PAGE_SIZE &&                             \
			       (bytes) % PAL_PAGE_SIZE == 0,                   \
		       "PAL_ARG_SIZE: whole pages of 4096 bytes");             \
	const uint64_t pal_arg_size = (bytes);                                 \
	PAL_OPTION(pal_option_arg_size, PAL_META_ARG_SIZE, bytes, "")

/* Raise it when an older version of the PAL must no longer be trusted. */
#define PAL_SECURITY_VERSION(number)                                           \
	PAL_OPTION(pal_option_security_version, PAL_META_SECURITY_VERSION,     \
		   number, "")

/*
 * Other PALs may call this one's functions, as far as the machine's policy lets
 * them; PAL_ARG_SIZE is then at most 64 KiB.  pal_caller() tells who calls.
 * Calls of peers take threads from the last one downwards: have more than the
 * applications use, or these wait meanwhile.  When a caller is ended,
 * the function that it waits for stops for good where it is, and its thread
 * begins anew: so keep state whole at each step, and locks short.
 */
#define PAL_ACCEPTS_PEERS      PAL_OPTION(pal_option_peers, PAL_META_PEERS, 1, "")

/*
 * The PAL gives out its log (pal_log()), the addresses of its faults, and may
 * be looked at with gdb in the simulator.  Not for production.
 */
#define PAL_DEBUG                                                              \
	const uint64_t pal_is_debug = 1;                                       \
	PAL_OPTION(pal_option_debug, PAL_META_DEBUG, 1, "")

#define PAL_DEFAULT_STACK_SIZE 0x10000
#define PAL_DEFAULT_ARG_SIZE   0x4000

/* ---- Services ------------------------------------------------------------ */

/* The number of the thread that runs this call: 0..PAL_THREADS - 1. */
static inline unsigned int pal_thread_index(void)
{
	uintptr_t frame = (uintptr_t)__builtin_frame_address(0);

	return (unsigned int)((frame - PAL_STACK_BASE) / PAL_STACK_STRIDE);
}

/*
 * Let this call end only at a whole number of quanta after it began, so that
 * the time it takes tells no more than that number: choose the quantum longer
 * than the longest of what depends on the secret.  Linux runs meanwhile, as
 * during any call.  It holds for this call only; the last one asked for counts,
 * and 0 takes it back.
 *
 * quantum	in ticks of the time-stamp counter, about one for each cycle
 *		(`pal top` shows ticks); at most 2^62
 *
 * What the function itself does before it returns is seen when it happens: a
 * write to pal_data(), a call of a peer, a fault.  So is what caches show of
 * the work.
 */
void pal_pad_time(uint64_t quantum);

/*
 * Fill size bytes at buffer with random bytes fit for keys, from the generator
 * behind psa_generate_random(), which this starts if need be.
 * Returns 0, or -1 when the CPU gives no randomness: then the buffer must not
 * be used.
 */
int pal_random(void *buffer, size_t size);

/*
 * The data window: memory of the program that both sides use without copying
 * (pal_open_with_data() in pal_host.h), or nothing, with size 0.  Page aligned,
 * the same for all threads and calls.
 *
 * This memory is shared.  The program, the kernel and everybody else read and
 * change it at any time, also between two instructions of the PAL.  So copy a
 * value to a variable of your own once, then judge that copy; never judge here
 * and use here, never keep a secret or a half-made result here, and check an
 * offset that the caller names against pal_data_size().
 */
void *pal_data(void);
size_t pal_data_size(void);

/*
 * Call function `entry` of the PAL of this name, which some program has open:
 * as pal_call() does from outside, with at most 64 KiB each way.  `in` and
 * `out` are private memory (not pal_data()).  The other PAL's threads run on
 * this CPU, in this call's place; interrupts are served meanwhile.
 * Returns 0 and the bytes of output in *out_size (which may be NULL), an error
 * that the other's function returned, PAL_STATUS_* or PAL_PEER_E*
 * (pal_status.h); *out_size is then as it was.  PAL_PEER_STUBS() of
 * pal_functions.h makes typed calls of it.
 */
int pal_call_peer(const char *name, unsigned int entry, const void *in,
		  size_t in_size, void *out, size_t out_capacity,
		  size_t *out_size);

/*
 * Which PAL calls: what the notary has found out about it.  NULL: an
 * application does.  Valid for as long as the call.
 */
const struct pal_identity *pal_caller(void);

/*
 * Say something to the programmer, as printf() would (of pal-sdk/libc): libpal
 * prints it on the program's standard error after the call, also when the call
 * ended the PAL.  What it says in calls of other PALs is printed by the program
 * that opened it, when it next calls the PAL or closes it, and lost if it ends
 * without pal_close().  Between two prints each thread has room for about 4000
 * bytes; libpal tells how many were lost.  In a PAL without PAL_DEBUG this does
 * nothing.
 */
void pal_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Who this PAL is: its measurement, its signer, whether anything protects it
 * (PAL_IDENTITY_* of abi/pal_image.h).  The page is read-only, for the PAL too,
 * and filled before its first instruction.
 */
static inline const struct pal_identity *pal_identity(void)
{
	return (const struct pal_identity *)PAL_IDENTITY_BASE;
}

/* ---- Between the macros above and the runtime ---------------------------- */

extern const pal_entry pal_entries[];
extern const uint64_t pal_entry_count;
extern const uint64_t pal_arg_size;
extern const uint64_t pal_threads;
extern const uint64_t pal_is_debug;

/* Not static: giving an option twice is then an error of the linker. */
#define PAL_OPTION(symbol, option_kind, number, string)                        \
	const struct pal_meta symbol                                           \
		__attribute__((used, section(PAL_META_SECTION))) = {           \
			.magic = PAL_META_MAGIC,                               \
			.kind = (option_kind),                                 \
			.value = (number),                                     \
			.text = string,                                        \
	}

/* Typed calls: PAL_FUNCTIONS(); they need what is above. */
#include "pal_functions.h"

#endif /* PAL_H */
