/* SPDX-License-Identifier: BSD-2-Clause */
/* What the program and its PAL agree on. */
#ifndef HELLO_H
#define HELLO_H

#include <pal_struct.h>

/* Texts end with a zero. */
PAL_STRUCT(greet_request, PAL_ARRAY(char, name, 100));
PAL_STRUCT(greet_reply, PAL_ARRAY(char, text, 160));

#define HELLO_FUNCTIONS(F)                                                     \
	F(hello_greet, STRUCT(greet_request), STRUCT(greet_reply))

#define HELLO_ENAME (-1) /* the name is empty, or has no end */

#endif
