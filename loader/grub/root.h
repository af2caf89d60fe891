/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sealing root (abi/root.h) of a machine that GRUB starts: what is sealed
 * under it opens after a restart, too.
 *
 * It comes from a module `root`, whose bytes it is, or, by the word root-tpm=
 * on our line, from the TPM (tpm/tpm_root.h).  The TPM gives it before there is
 * an OS, and then to nobody until the machine starts anew: no OS ever holds it.
 * A module is as hidden as the medium that GRUB reads it from.
 */
#ifndef GRUB_ROOT_H
#define GRUB_ROOT_H

#include "abi/root.h"
#include "info.h"
#include "memory.h"

/*
 * Find the root that the owner wants, while UEFI's boot services run.  *root
 * is zeros (the notary makes one that ends with it) if none is asked for, or if
 * the TPM has nothing at its place yet.  Fails the machine with a reason if the
 * root is not to be had.
 */
void root_take(struct hv_root *root, const struct info *info);

/*
 * Overwrite what reading it has left in RAM below 4 GiB, where GRUB and
 * firmware have their buffers; only the copy at `kept` stays.  Before anything
 * is the hypervisor's.
 */
void root_wipe_copies(const struct hv_root *root, const struct memory *memory,
		      uint64_t kept);

/* Behind init(): the hypervisor has it. */
void root_wipe(struct hv_root *root);

#endif
