/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers that a kernel can write on a bare machine and not under the
 * hypervisor: rows of hv/core/access.c, by what a write of the value that they
 * have comes to there.
 */
#ifndef GUARDED_MSRS_H
#define GUARDED_MSRS_H

#include <stdint.h>

static const uint32_t refused_msrs[] = {
	0xc0010114,			/* VM_CR */
	0xc0010117,			/* VM_HSAVE_PA */
	0xc0010118, 0xc0010119,		/* SVM_KEY, SMM_KEY */
	0xc001011b, 0xc001011e,		/* doorbell, VM_PAGE_FLUSH */
	0xc0000104,			/* TSC ratio */
	0x0000003a,			/* FEATURE_CONTROL */
	0x00000480, 0x0000048b,		/* VMX */
	0x0000009b,			/* SMM_MONITOR_CTL */
	0xc0010010,			/* SYSCFG */
	0xc0010016, 0xc0010017, 0xc0010018, 0xc0010019, /* IORRs */
	0xc001001a, 0xc001001d,		/* TOP_MEM, TOP_MEM2 */
	0xc0010058,			/* MMIO_CFG_BASE */
	0xc0010132, 0xc0010133,		/* RMP */
	0xc0010050, 0xc0010053, 0xc0010054, 0xc0010056, /* SMIs on I/O */
	0xc0010111, 0xc0010112, 0xc0010113, /* SMM_BASE, _ADDR, _MASK */
	0xc0010116,			/* SMM_CTL */
	0xc0010022,			/* machine checks as SMIs */
	0x000001f2, 0x000001f3,		/* SMRR */
	0xc0010064, 0xc001006b, 0xc0010070, 0x00000150, /* voltage */
	0x00000560, 0x00000561, 0x00000570, 0x00000571, 0x00000587, /* PT */
	0x00000600,			/* DS_AREA */
	0xc0010100, 0xc0011024, 0xc0011026, 0xc0011fff, /* not known */
};

/* A write does nothing, another one than this, too. */
static const uint32_t ignored_msrs[] = {
	0x00000200, 0x00000201, 0x0000020e, 0x0000020f, /* MTRR */
	0x00000250, 0x00000258, 0x00000259, 0x00000268, 0x0000026f,
	0x000002ff,
	0xc0010020, 0x00000079,		/* microcode */
};

/* One bit of a register whose other bits the OS may have. */
static const struct {
	uint32_t msr;
	uint64_t bit;
} refused_bits[] = {
	{0xc0010015, 1u << 0},		/* HWCR.SMMLOCK */
	{0xc0010015, 1u << 3},		/* HWCR.TLBCACHEDIS */
	{0xc0010015, 1u << 4},		/* HWCR.INVDWBINVD */
	{0xc001001f, 1u << 31},		/* NB_CFG */
	{0x00000da0, 1u << 8},		/* XSS: Processor Trace */
	{0x00000da0, 1u << 15},		/* XSS: LBR */
};

#endif
