/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a PAL call can come back with.
 *
 *	>= 0		bytes of output
 *	-1..-4095	an error of the PAL's own functions, passed through
 *	-4096..-4111	an error of the runtime in the PAL (below)
 *
 * The host library adds its own errors below these (pal_host.h).
 */
#ifndef PAL_STATUS_H
#define PAL_STATUS_H

/* The lowest error that a PAL's own function may return. */
#define PAL_ERROR_LOWEST      (-4095)

/* No such entry: the number is not below that of PAL_ENTRIES(). */
#define PAL_STATUS_BAD_ENTRY  (-4096)
/* More input than PAL_ARG_SIZE(). */
#define PAL_STATUS_BIG_INPUT  (-4097)
/* Room for more output asked for than PAL_ARG_SIZE(). */
#define PAL_STATUS_BIG_OUTPUT (-4098)
/* The caller's window is too small for this thread. */
#define PAL_STATUS_BAD_WINDOW (-4099)
/*
 * The PAL's function claims more output than there was room for, or returned
 * something below PAL_ERROR_LOWEST: an error in the PAL.
 */
#define PAL_STATUS_BAD_RESULT (-4100)
/*
 * The input, or the room for the output, is not of the size that the function
 * declares: program and PAL were built with different headers.
 */
#define PAL_STATUS_BAD_SIZE   (-4101)

#define PAL_STATUS_LOWEST     (-4111)

#endif /* PAL_STATUS_H */
