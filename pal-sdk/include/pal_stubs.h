/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In a program: stubs of the functions that a shared header lists
 * (pal_struct.h).
 *
 *	#include <pal_host.h>
 *	#include "hello.h"
 *
 *	PAL_STUBS(HELLO_FUNCTIONS);
 *
 *	... status = hello_greet(pal, &request, &reply);
 *
 * PAL_STUBS(), at file scope in each source that calls the PAL, defines for
 * each function a static one of the same name, with these parameters:
 *
 *			 struct pal *pal
 *	in STRUCT(name)	 const struct name *request
 *	in BYTES(most)	 const void *in, size_t in_size
 *	out STRUCT(name) struct name *reply
 *	out BYTES(most)	 void *out, size_t out_capacity, size_t *out_size
 *
 * It returns 0 or an error as pal_call() does; PAL_STATUS_BAD_SIZE when in_size
 * is above `most`, or when the PAL was built with another version of the shared
 * header.  The number of function x, for `pal run -e`, is PAL_NUMBER_OF_x.
 */
#ifndef PAL_STUBS_H
#define PAL_STUBS_H

#include "pal_host.h"
#include "pal_struct.h"

#define PAL_STUBS(LIST)                                                        \
	enum { LIST(PAL_NUMBER) };                                             \
	LIST(PAL_STUB)                                                         \
	PAL_STATIC_ASSERT(1, "takes the semicolon")

/* ---- Behind it ----------------------------------------------------------- */

#define PAL_STUB(function, in_kind, out_kind)                                  \
	static inline __attribute__((unused)) int function(                    \
		struct pal *pal PAL_COMMA_##in_kind                            \
			PAL_IN_PARAMETERS_##in_kind PAL_COMMA_##out_kind       \
				PAL_OUT_PARAMETERS_##out_kind)                 \
	{                                                                      \
		return PAL_STUB_CALL_##out_kind(pal, PAL_NUMBER_OF_##function, \
						PAL_STUB_IN_##in_kind,         \
						PAL_STUB_OUT_##out_kind);      \
	}

#define PAL_COMMA_NONE
#define PAL_COMMA_STRUCT(name)	   ,
#define PAL_COMMA_BYTES(most)	   ,

#define PAL_STUB_CALL_NONE	   pal_call_exact
#define PAL_STUB_CALL_STRUCT(name) pal_call_exact
#define PAL_STUB_CALL_BYTES(most)  pal_call

#endif /* PAL_STUBS_H */
