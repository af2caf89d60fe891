/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PAL made by a kernel that does not keep to the loader's manners: step by
 * step, from memory of its own choice.
 */
#ifndef COMMON_PAL_H
#define COMMON_PAL_H

#include <stdbool.h>
#include <stdint.h>
#include "common_hostile.h"

/*
 * A block of Linux's memory, which this program has mapped: page 0 a good
 * header, pages 1 to 15 for lists, then the pages of the image.
 */
struct hostile_pal {
	uint64_t block;
	unsigned char *at;
	uint64_t image_pages;	/* without the header */
	uint64_t handle;
};

#define HOSTILE_LIST	1u	/* the first page for lists */
#define HOSTILE_IMAGE	16u	/* the first page of the image */

/* The block, with the image of SECRET_IMAGE; the case fails if it cannot. */
bool hostile_pal_prepare(struct hostile_pal *pal);

/* Physical address of a page of the block; list entry i of a list page. */
uint64_t hostile_pal_page(const struct hostile_pal *pal, unsigned int page);
uint64_t *hostile_pal_list(const struct hostile_pal *pal, unsigned int page);

/* HC_PAL_CREATE; the pool is grown if need be.  Returns its status. */
int64_t hostile_pal_create(struct hostile_pal *pal);

/* HC_PAL_LOAD of the whole image.  Returns its status. */
int64_t hostile_pal_load(const struct hostile_pal *pal);

/*
 * Make it hold all free pages of the pool, in which the notary's block always
 * has some: the next page then comes from a new block.  False: not full.
 */
bool hostile_pal_fill_pool(struct hostile_pal *pal);

/* HC_PAL_DESTROY until it is done. */
void hostile_pal_destroy(const struct hostile_pal *pal);

#endif
