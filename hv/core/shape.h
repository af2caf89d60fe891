/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How large pages, tables and the pool are.  Alone in a header, because
 * tests/verify proves the code that uses it on a smaller shape.
 */
#ifndef CORE_SHAPE_H
#define CORE_SHAPE_H

#define PAGE_SHIFT	12
#define TABLE_SHIFT	9	/* a page table has 2^9 entries */
#define POOL_BLOCKS_MAX	512u	/* 1 GiB */

#endif
