/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a PAL call can come back with.
 *
 *	>= 0		bytes of output
 *	-1..-4095	an error of the PAL's own functions, passed through
 *	-4096..-4111	an error of the runtime in the PAL (below)
 *	-4112..-4127	an error of pal_call_peer(), inside a PAL only
 *	-4128..-4159	an error of pal_seal.h, inside a PAL only
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

/* pal_call_peer(): no PAL of that name is open, or none that takes calls. */
#define PAL_PEER_ENOENT	      (-4112)
/* The machine's policy does not let this PAL call that one. */
#define PAL_PEER_EPERM	      (-4113)
/* All threads of the other PAL are in use. */
#define PAL_PEER_EBUSY	      (-4114)
/* The other PAL waits for this call itself, or too many PALs wait. */
#define PAL_PEER_ELOOP	      (-4115)
/* The other PAL was ended during the call. */
#define PAL_PEER_EDEAD	      (-4116)
/* A buffer is not private memory of this PAL, or too large for the other. */
#define PAL_PEER_EINVAL	      (-4117)

#endif /* PAL_STATUS_H */
