/* SPDX-License-Identifier: BSD-2-Clause */
/* Why the notary refuses a PAL, for people. */
#ifndef HOST_REFUSAL_H
#define HOST_REFUSAL_H

/*
 * A clause for a NOTARY_E* of abi/notary.h that completes "the PAL is refused:
 * ", with what to do.  Any number is allowed; static, never NULL.
 */
const char *refusal_text(int reason);

#endif /* HOST_REFUSAL_H */
