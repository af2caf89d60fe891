/* SPDX-License-Identifier: BSD-2-Clause */
#include "svm/svm.h"

/*
 * APM Vol. 2, 15.25 "Nested Paging": ordinary long-mode entries.  Intel's IOMMU
 * can walk the same table: it ignores bits 2, 5, 6 and 63 (D51397, 9.8).
 */
#define PTE_P	(UINT64_C(1) << 0)
#define PTE_W	(UINT64_C(1) << 1)
#define PTE_U	(UINT64_C(1) << 2)	/* every nested access is a user access */
#define PTE_PS	(UINT64_C(1) << 7)
#define PTE_NX	(UINT64_C(1) << 63)

/*
 * The bits that these leave free make the same table one for AMD's IOMMU, so
 * that devices see exactly what the OS sees (48882, 2.2.3 "I/O Page Tables for
 * Host Translations"; there a leaf above the lowest level has next level 0).
 */
#define IO_NEXT_LEVEL	(UINT64_C(1) << 9)
#define IO_READ		(UINT64_C(1) << 61)
#define IO_WRITE	(UINT64_C(1) << 62)

/* The memory type is the guest's and the MTRRs': ours is write-back. */
static uint64_t svm_npt_perm(unsigned int access)
{
	return PTE_P | (access & NPT_W ? PTE_W : 0) |
	       (access & NPT_X ? 0 : PTE_NX);
}

static uint64_t amd_vi_perm(unsigned int access)
{
	return svm_npt_perm(access) | IO_READ |
	       (access & NPT_W ? IO_WRITE : 0);
}

static unsigned int svm_npt_access(uint64_t entry)
{
	return NPT_R | (entry & PTE_W ? NPT_W : 0) |
	       (entry & PTE_NX ? 0 : NPT_X);
}

const struct npt_format svm_npt_format = {
	.table = PTE_P | PTE_W | PTE_U,
	.leaf = PTE_U,
	.large = PTE_PS,
	.present = PTE_P,
	.perm = svm_npt_perm,
	.access = svm_npt_access,
};

const struct npt_format svm_npt_amd_vi_format = {
	.table = PTE_P | PTE_W | PTE_U | IO_READ | IO_WRITE,
	.table_level = IO_NEXT_LEVEL,
	.leaf = PTE_U,
	.large = PTE_PS,
	.present = PTE_P,
	.perm = amd_vi_perm,
	.access = svm_npt_access,
};
