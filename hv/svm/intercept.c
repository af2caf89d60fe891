/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes the OS exit (as little as can be) and a PAL (everything that is
 * not plain computing).
 */
#include "core/msr.h"
#include "core/platform.h"
#include "lib/string.h"
#include "svm/svm.h"

#define MSR_BITMAP_SIZE		8192
#define IO_BITMAP_SIZE		12288

static uint8_t os_msrs[MSR_BITMAP_SIZE] __attribute__((aligned(4096)));
static uint8_t pal_msrs[MSR_BITMAP_SIZE] __attribute__((aligned(4096)));
static uint8_t pal_ports[IO_BITMAP_SIZE] __attribute__((aligned(4096)));

/* Where the two bits of an MSR are: APM Vol. 2, 15.11. */
static bool find_msr_bits(uint32_t msr, unsigned int *bit)
{
	static const struct { uint32_t first, at; } ranges[] = {
		{ 0x00000000, 0x0000 },
		{ 0xc0000000, 0x0800 },
		{ 0xc0010000, 0x1000 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (msr - ranges[i].first < 0x2000) {
			*bit = ranges[i].at * 8 + (msr - ranges[i].first) * 2;
			return true;
		}
	}
	return false;
}

static void set_bit(uint8_t *bitmap, unsigned int bit)
{
	bitmap[bit / 8] |= (uint8_t)(1u << bit % 8);
}

/* Where nothing guards the APIC, its commands are no exits. */
static bool is_write_looked_at(const struct msr_row *row, bool guards_apic)
{
	return row->write != MSR_PASS && (row->write != MSR_ICR || guards_apic);
}

void svm_build_bitmaps(bool guards_apic)
{
	unsigned int count, i, bit;
	const struct msr_row *rows = msr_rows(&count);

	memset(pal_msrs, 0xff, sizeof(pal_msrs));
	memset(pal_ports, 0xff, sizeof(pal_ports));
	for (i = 0; i < count; i++) {
		if (!find_msr_bits(rows[i].msr, &bit))
			continue;	/* no bit: always an exit */
		if (rows[i].read != MSR_PASS)
			set_bit(os_msrs, bit);
		if (is_write_looked_at(&rows[i], guards_apic))
			set_bit(os_msrs, bit + 1);
	}
}

void svm_intercept_os(struct vmcb *vmcb, const struct svm_features *features)
{
	vmcb->intercept_misc1 = INTERCEPT_CPUID | INTERCEPT_INVD |
				INTERCEPT_INVLPGA | INTERCEPT_MSR |
				INTERCEPT_SHUTDOWN;
	vmcb->intercept_misc2 = INTERCEPT_VIRT;
	vmcb->intercept_misc3 = INTERCEPT_INVLPGB | INTERCEPT_TLBSYNC;
	/*
	 * An intercepted INIT stays pending and would come again and again;
	 * one that is not intercepted becomes an #SX, which is gone when it is
	 * intercepted (APM Vol. 2, 15.28).
	 */
	if (features->has_init_redirection)
		vmcb->intercept_exception = 1u << VECTOR_SX;
	else
		vmcb->intercept_misc1 |= INTERCEPT_INIT;
	vmcb->msr_bitmap_pa = ptr_to_hpa(os_msrs).v;
}

void svm_intercept_pal(struct vmcb *vmcb)
{
	vmcb->intercept_cr_read = UINT16_MAX;
	vmcb->intercept_cr_write = UINT16_MAX;
	vmcb->intercept_dr_read = UINT16_MAX;
	vmcb->intercept_dr_write = UINT16_MAX;
	vmcb->intercept_exception = UINT32_MAX;
	vmcb->intercept_misc1 =
		INTERCEPT_INTR | INTERCEPT_NMI | INTERCEPT_SMI |
		INTERCEPT_INIT | INTERCEPT_CR0_SELECTIVE |
		INTERCEPT_DESCRIPTORS | INTERCEPT_RDPMC | INTERCEPT_CPUID |
		INTERCEPT_RSM | INTERCEPT_INTN | INTERCEPT_INVD |
		INTERCEPT_HLT | INTERCEPT_INVLPG | INTERCEPT_INVLPGA |
		INTERCEPT_IO | INTERCEPT_MSR | INTERCEPT_TASK_SWITCH |
		INTERCEPT_FERR_FREEZE | INTERCEPT_SHUTDOWN;
	vmcb->intercept_misc2 = INTERCEPT_VIRT | INTERCEPT_ICEBP |
				INTERCEPT_WBINVD | INTERCEPT_MONITOR |
				INTERCEPT_MWAIT | INTERCEPT_XSETBV |
				INTERCEPT_RDPRU;
	vmcb->intercept_misc3 = INTERCEPT_INVLPGB | INTERCEPT_INVPCID |
				INTERCEPT_MCOMMIT | INTERCEPT_TLBSYNC;
	vmcb->msr_bitmap_pa = ptr_to_hpa(pal_msrs).v;
	vmcb->io_bitmap_pa = ptr_to_hpa(pal_ports).v;
}
