/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract between PALs and the notary: what they ask by HC_PAL_CALL_PEER
 * of the PAL "notary".  The hypervisor only carries it.  The manual is
 * pal-sdk/include/pal_seal.h, whose PAL_SEAL_E* are these NOTARY_E* less 4096.
 *
 * A function returns the bytes of its output, or a negative NOTARY_E*.
 */
#ifndef ABI_SERVICE_H
#define ABI_SERVICE_H

#include "abi/root.h"

#define NOTARY_NAME		"notary"

/* In: struct notary_seal, associated data, secret.  Out: a blob. */
#define NOTARY_SEAL		3

/* In: struct notary_seal, associated data, blob.  Out: the secret. */
#define NOTARY_UNSEAL		4

/* Out: struct notary_root. */
#define NOTARY_ROOT		5

/* In: struct notary_counter.  Out: the same, filled. */
#define NOTARY_COUNTER_READ	6

/* In: struct notary_advance. */
#define NOTARY_COUNTER_ADVANCE	7

#define NOTARY_EINVAL		(-32)	/* a malformed request */
#define NOTARY_EROOM		(-33)	/* the output does not fit */
#define NOTARY_EFORMAT		(-34)	/* not a sealed blob */
#define NOTARY_EROOT		(-35)	/* sealed under another root */
#define NOTARY_EOTHER		(-36)	/* sealed for another PAL */
#define NOTARY_ENEWER		(-37)	/* a newer version of the PAL has it */
#define NOTARY_EALTERED		(-38)	/* it does not authenticate */
#define NOTARY_ENOSIGNER	(-39)	/* the caller is unsigned */
#define NOTARY_EMOVED		(-40)	/* the counter is at another value */
#define NOTARY_EFULL		(-41)	/* no room for another counter */
#define NOTARY_ESERVICE		(-42)	/* no root, or the library failed */

struct notary_seal {
	uint32_t binding;		/* PAL_SEAL_TO_*; NOTARY_UNSEAL: 0 */
	uint32_t associated_size;	/* bytes */
};

struct notary_root {
	uint32_t kind;			/* HV_ROOT_* */
	uint8_t id[16];
};

struct notary_counter {
	uint8_t id[16];
	uint64_t value;			/* from here on only out */
	uint8_t tag[32];
	uint32_t strength;		/* PAL_COUNTER_* */
	uint32_t reserved;
};

struct notary_advance {
	uint8_t id[16];
	uint64_t from, to;
	uint8_t tag[32];
};

_Static_assert(sizeof(struct notary_seal) == 8, "ABI");
_Static_assert(sizeof(struct notary_root) == 20, "ABI");
_Static_assert(sizeof(struct notary_counter) == 64, "ABI");
_Static_assert(sizeof(struct notary_advance) == 64, "ABI");

#endif /* ABI_SERVICE_H */
