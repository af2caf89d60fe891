/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding an installed block by name, and what a PAL of it will need. */
#ifndef PALD_BLOCK_H
#define PALD_BLOCK_H

#include "pald/config.h"

/* A directory, a slash, a name and ".pal". */
#define BLOCK_PATH_MAX (CONFIG_PATH_MAX + PALD_NAME_MAX + 8)

struct block {
	char path[BLOCK_PATH_MAX];
	uint64_t memory; /* segments, stacks and arguments, in bytes */
};

/*
 * Look for NAME.pal in the directories, in their order.  Returns 0, or an error
 * and its text in why[size]; then *block is undefined.
 * Errors: PALD_ENOBLOCK, PAL_EIO, PAL_EIMAGE.
 */
int block_find(const struct config *config, const char *name,
	       struct block *block, char *why, size_t size);

#endif /* PALD_BLOCK_H */
