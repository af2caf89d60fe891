/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of hv/core/shape.h; how small, verify.mk says for each proof. */
#ifndef CORE_SHAPE_H
#define CORE_SHAPE_H

#define PAGE_SHIFT	12
#define TABLE_SHIFT	VERIFY_TABLE_SHIFT
#define POOL_BLOCKS_MAX	2u

#endif
