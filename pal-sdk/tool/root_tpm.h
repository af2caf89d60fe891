/* SPDX-License-Identifier: BSD-2-Clause */
/* The sealing root that the machine's TPM keeps (tpm/tpm_root.h). */
#ifndef TOOL_ROOT_TPM_H
#define TOOL_ROOT_TPM_H

#include "abi/root.h"
#include "tpm/tpm_root.h"

/*
 * Read a place: "HANDLE:PCR,PCR,...".  Returns 0, or -1 after a message.
 */
int root_tpm_place(const char *text, struct tpm_root_place *place);

/*
 * Take the root from there, and have the TPM give it to nobody else until the
 * machine starts anew.  Returns 0, or -1 after a message; then *root is zeros.
 */
int root_tpm_take(const struct tpm_root_place *place, struct hv_root *root);

#endif /* TOOL_ROOT_TPM_H */
