/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside a PAL: the functions that a shared header lists (pal_struct.h).
 *
 *	#include <pal.h>
 *	#include "hello.h"
 *
 *	PAL_NAME("hello");
 *	PAL_FUNCTIONS(HELLO_FUNCTIONS);
 *
 *	int hello_greet(const struct greet_request *request,
 *			struct greet_reply *reply)
 *	{ ... }
 *
 * PAL_FUNCTIONS() declares the functions and stands for PAL_ENTRIES() and
 * PAL_ARG_SIZE(), which is made just large enough.  The PAL then defines each:
 *
 *	in STRUCT(name)	 const struct name *request
 *	in BYTES(most)	 const void *in, size_t in_size
 *	out STRUCT(name) struct name *reply
 *	out BYTES(most)	 void *out, size_t out_capacity, size_t *out_size
 *
 * It returns 0, or an error of its own choice, -1..-4095; then nothing of its
 * output leaves the PAL.  All pointers are to private memory, aligned to 4096
 * bytes, that ends with the call.  Sizes have been checked: a request is whole,
 * in_size and out_capacity are not above `most`.  Contents have not.  *reply is
 * all zeros at first.  *out_size is 0 at first; set it to the bytes of output.
 * A caller with other sizes gets PAL_STATUS_BAD_SIZE, and nothing is called.
 *
 * Calling the functions of another PAL, by its name and its shared header:
 *
 *	#include "stamp.h"
 *
 *	PAL_PEER_STUBS("stamp", STAMP_FUNCTIONS);
 *
 *	... status = stamp_make_peer(&order, &stamp);
 *
 * PAL_PEER_STUBS(), at file scope and on a line of its own, defines for each
 * function a static one with _peer behind its name, and the parameters above.
 * It returns 0 or an error as pal_call_peer() does, PAL_STATUS_BAD_SIZE as
 * above.  All pointers are to private memory.
 */
#ifndef PAL_FUNCTIONS_H
#define PAL_FUNCTIONS_H

#include "pal_status.h"
#include "pal_struct.h"

#define PAL_FUNCTIONS(LIST)                                                    \
	union pal_largest {                                                    \
		char page[PAL_PAGE_SIZE];                                      \
		LIST(PAL_SIZES)                                                \
	};                                                                     \
	LIST(PAL_DISPATCH)                                                     \
	PAL_ARG_SIZE((sizeof(union pal_largest) + PAL_PAGE_SIZE - 1) /         \
		     PAL_PAGE_SIZE * PAL_PAGE_SIZE);                           \
	PAL_ENTRIES(LIST(PAL_DISPATCHER))

#define PAL_PEER_STUBS(name, LIST)                                             \
	_Static_assert(sizeof(name) <= PAL_META_TEXT_SIZE,                     \
		       "PAL_PEER_STUBS: at most 31 characters");               \
	static const char PAL_PEER_NAME[] = name;                              \
	enum { LIST(PAL_NUMBER) };                                             \
	LIST(PAL_PEER_STUB)                                                    \
	_Static_assert(1, "takes the semicolon")

/* ---- Behind it ----------------------------------------------------------- */

/* Adds the zero that each PAL_STRUCT() defines: other structures are refused. */
#define PAL_SIZES(function, in, out)                                           \
	char in_of_##function[PAL_ROOM_##in];                                  \
	char out_of_##function[PAL_ROOM_##out];
#define PAL_ROOM_NONE 1
#define PAL_ROOM_STRUCT(name)                                                  \
	sizeof(struct name) + PAL_STRUCT_##name##_is_missing
#define PAL_ROOM_BYTES(most)		  most

#define PAL_DISPATCHER(function, in, out) pal_dispatch_##function,

/* What the runtime calls: judge sizes, call, judge the result. */
#define PAL_DISPATCH(function, in_kind, out_kind)                              \
	int function(PAL_IN_PARAMETERS_##in_kind PAL_BETWEEN(                  \
		PARAMETERS, PAL_HAS_##in_kind, PAL_HAS_##out_kind)             \
			     PAL_OUT_PARAMETERS_##out_kind);                   \
	static long pal_dispatch_##function(const void *in, size_t in_size,    \
					    void *out, size_t out_capacity)    \
	{                                                                      \
		size_t written = PAL_WRITTEN_##out_kind;                       \
		size_t *out_size = &written;                                   \
		int status;                                                    \
                                                                               \
		(void)in, (void)out, (void)out_size;                           \
		if (!(PAL_IN_FITS_##in_kind) || !(PAL_OUT_FITS_##out_kind))    \
			return PAL_STATUS_BAD_SIZE;                            \
		PAL_PREPARE_##out_kind;                                        \
		status = function(PAL_IN_ARGUMENTS_##in_kind PAL_BETWEEN(      \
			ARGUMENTS, PAL_HAS_##in_kind, PAL_HAS_##out_kind)      \
					  PAL_OUT_ARGUMENTS_##out_kind);       \
		return pal_result(status, written, out_capacity);              \
	}

#define PAL_IN_FITS_NONE	 in_size == 0
#define PAL_IN_FITS_STRUCT(name) in_size == sizeof(struct name)
#define PAL_IN_FITS_BYTES(most)	 in_size <= (most)
#define PAL_IN_ARGUMENTS_NONE
#define PAL_IN_ARGUMENTS_STRUCT(name) in
#define PAL_IN_ARGUMENTS_BYTES(most)  in, in_size

#define PAL_OUT_FITS_NONE	      1
#define PAL_OUT_FITS_STRUCT(name)     out_capacity >= sizeof(struct name)
#define PAL_OUT_FITS_BYTES(most)      1
#define PAL_OUT_ARGUMENTS_NONE
#define PAL_OUT_ARGUMENTS_STRUCT(name) out
#define PAL_OUT_ARGUMENTS_BYTES(most)  out, out_capacity, out_size

#define PAL_WRITTEN_NONE	       0
#define PAL_WRITTEN_STRUCT(name)       sizeof(struct name)
#define PAL_WRITTEN_BYTES(most)	       0
#define PAL_PREPARE_NONE	       (void)0
#define PAL_PREPARE_STRUCT(name)       __builtin_memset(out, 0, sizeof(struct name))
#define PAL_PREPARE_BYTES(most)                                                \
	out_capacity = out_capacity < (most) ? out_capacity : (most)

/* Errors below PAL_ERROR_LOWEST are for the runtime to refuse. */
static inline long pal_result(int status, size_t written, size_t capacity)
{
	if (status > 0 || (status == 0 && written > capacity))
		return PAL_STATUS_BAD_RESULT;
	return status ? status : (long)written;
}

/* The list cannot hand on the name; what it expands to is all on one line. */
#define PAL_PEER_NAME	      PAL_PEER_NAME_2(__LINE__)
#define PAL_PEER_NAME_2(line) PAL_PEER_NAME_3(line)
#define PAL_PEER_NAME_3(line) pal_peer_name_##line

#define PAL_PEER_STUB(function, in_kind, out_kind)                             \
	static inline __attribute__((unused)) int function##_peer(             \
		PAL_IN_PARAMETERS_##in_kind PAL_BETWEEN(                       \
			PARAMETERS, PAL_HAS_##in_kind, PAL_HAS_##out_kind)     \
			PAL_OUT_PARAMETERS_##out_kind)                         \
	{                                                                      \
		return PAL_PEER_CALL_##out_kind(                               \
			PAL_PEER_NAME, PAL_NUMBER_OF_##function,               \
			PAL_STUB_IN_##in_kind, PAL_STUB_OUT_##out_kind);       \
	}

#define PAL_PEER_CALL_NONE	   pal_peer_exact
#define PAL_PEER_CALL_STRUCT(name) pal_peer_exact
#define PAL_PEER_CALL_BYTES(most)  pal_call_peer

static inline int pal_peer_exact(const char *name, unsigned int entry,
				 const void *in, size_t in_size, void *out,
				 size_t out_size)
{
	size_t written;
	int status = pal_call_peer(name, entry, in, in_size, out, out_size,
				   &written);

	if (status || written == out_size)
		return status;
	return PAL_STATUS_BAD_RESULT;
}

#endif /* PAL_FUNCTIONS_H */
