/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mechanism with its parameters, kept between C_xxxInit() and the operation:
 * the application may change or free what it gave as soon as it has the answer.
 */
#ifndef LIB_MECHANISM_H
#define LIB_MECHANISM_H

#include "cryptoki.h"

struct mechanism {
	CK_MECHANISM own; /* points into `memory` */
	void *memory;
	CK_ULONG memory_size;
};

/*
 * Copy the mechanism, with what its parameters point to.  Returns CKR_OK,
 * CKR_MECHANISM_PARAM_INVALID (sizes that cannot be, NULL with a size) or
 * CKR_HOST_MEMORY.  Whether the parameters make sense is the token's to say.
 */
CK_RV mechanism_copy(struct mechanism *to, const CK_MECHANISM *from);

/* Wipe and free; may be repeated. */
void mechanism_free(struct mechanism *mechanism);

#endif /* LIB_MECHANISM_H */
