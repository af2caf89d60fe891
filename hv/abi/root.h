/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sealing root: the secret from which all keys that seal are derived.  It
 * comes with the launch, the hypervisor hands it to the notary unseen, and who
 * has held it on the way wipes it.
 */
#ifndef ABI_ROOT_H
#define ABI_ROOT_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/build_bug.h>
#else
#include <stdint.h>
#endif

/* kind: where it came from. */
#define HV_ROOT_EPHEMERAL	0	/* none: the notary makes one that ends
					 * with it */
#define HV_ROOT_FILE		1	/* the owner's file */
#define HV_ROOT_PASSPHRASE	2	/* derived from the owner's passphrase */
#define HV_ROOT_TPM		3	/* unsealed by the TPM */
#define HV_ROOT_KINDS		4	/* HV_FEATURE_ROOT has room for no more */

#define HV_ROOT_SIZE_MIN	32
#define HV_ROOT_SIZE_MAX	64

struct hv_root {
	uint32_t kind;			/* HV_ROOT_* */
	uint32_t size;			/* bytes that count; ephemeral: 0 */
	uint8_t bytes[HV_ROOT_SIZE_MAX];
};

_Static_assert(sizeof(struct hv_root) == 72, "ABI");

#endif /* ABI_ROOT_H */
