/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sealing root that a TPM 2.0 keeps for this machine: bytes sealed to the
 * state of its platform configuration registers (PCRs), so that they come out
 * only on this machine and only when it was started in the way it was when they
 * were sealed.
 *
 * Who provisions it (tpm2-tools do): a sealed object at a persistent handle,
 * whose policy is TPM2_PolicyPCR over the SHA-256 bank and nothing else, and
 * which no password opens (userWithAuth is off).
 */
#ifndef TPM_ROOT_H
#define TPM_ROOT_H

#include "tpm/message.h"

#define TPM_ROOT_MAX  64 /* bytes of a root */
#define TPM_PCR_COUNT 24
/*
 * PCRs that a root may be sealed to: not 16 and 23, which every program may set
 * back (PC Client Platform TPM Profile, 4.6), and so give them any value.
 */
#define TPM_ROOT_PCRS 0x7effffu
/* Those that firmware, loader and OS extend and nobody sets back. */
#define TPM_ROOT_CAPS 0x00ffffu

/* Status of what follows, besides 0 and the TPM's own response codes. */
#define TPM_ROOT_NO_DEVICE (-1) /* tpm_device_send() failed, and errno says why */
#define TPM_ROOT_NONSENSE  (-2) /* what came is no response to that */

struct tpm_root_place {
	uint32_t handle; /* 0x81000000..0x81ffffff */
	uint32_t pcrs; /* bit i: PCR i, of TPM_ROOT_PCRS */
};

/*
 * Read a place as "HANDLE:PCR,PCR,...", like "0x81000100:0,2,4,7".  False:
 * it is not one; *place is then as it was.
 */
bool tpm_root_parse(const char *text, struct tpm_root_place *place);

/*
 * Unseal the root there into `root`; *size is its bytes.  Returns 0,
 * TPM_ROOT_*, or the TPM's response code, which tpm_root_reason() puts into
 * words.  On failure nothing is at `root`.
 */
long tpm_root_unseal(int device, const struct tpm_root_place *place,
		     uint8_t root[TPM_ROOT_MAX], size_t *size);

/*
 * Change the last PCR of the place that is in TPM_ROOT_CAPS, so that until the
 * machine starts anew nobody can unseal the root again.  Returns as above.
 */
long tpm_root_cap(int device, const struct tpm_root_place *place);

/* Does this code say that there is nothing at the handle? */
bool tpm_root_is_absent(long code);

const char *tpm_root_reason(long code);

#endif
