/* SPDX-License-Identifier: BSD-2-Clause */
/* What the program and its PAL agree on. */
#ifndef XLARGE_H
#define XLARGE_H

#include <pal_struct.h>

#define XLARGE_HASH_SIZE 32

PAL_STRUCT(xlarge_piece, PAL_FIELD(uint64_t, size));
PAL_STRUCT(xlarge_hash, PAL_ARRAY(uint8_t, bytes, XLARGE_HASH_SIZE));

/*
 * Begin a SHA-256; hash the first `size` bytes of the data window, as often as
 * there is more; end it.
 */
#define XLARGE_FUNCTIONS(F)                                                    \
	F(xlarge_begin, NONE, NONE)                                            \
	F(xlarge_feed, STRUCT(xlarge_piece), NONE)                             \
	F(xlarge_finish, NONE, STRUCT(xlarge_hash))

#define XLARGE_ESIZE   (-1) /* more than the window has */
#define XLARGE_ECRYPTO (-2) /* out of order, or the crypto library failed */

#endif
