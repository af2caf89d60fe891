/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The 2 MiB blocks that the hypervisor has of us, for the memory of PALs.
 * The caller of each function holds launch_use() or the launch lock.
 */
#ifndef LOADER_POOL_H
#define LOADER_POOL_H

/*
 * Make sure that the pool has a block's worth of free pages.  Returns 0, or
 * -ENOMEM: at the limit (pool_max_mib), or Linux has no such block.
 */
int pool_grow(void);

/* Take back what is not in use, except for one spare block. */
void pool_shrink(void);

/* Take all blocks back.  Returns how many the hypervisor keeps. */
unsigned int pool_empty(void);

#endif /* LOADER_POOL_H */
