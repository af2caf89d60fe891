/* SPDX-License-Identifier: BSD-2-Clause */
/* What the program and its PAL agree on. */
#ifndef HELLO_H
#define HELLO_H

#define HELLO_GREET    0 /* entry: in a name, out a greeting */

#define HELLO_NAME_MAX 100 /* bytes */
#define HELLO_ETEXT    (-1) /* the name is empty or too long */

#endif
