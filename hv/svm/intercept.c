/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes the OS exit (as little as can be) and a PAL (everything that is
 * not plain computing).
 */
#include "core/access.h"
#include "core/hv.h"
#include "core/platform.h"
#include "lib/string.h"
#include "svm/svm.h"

#define MSR_BITMAP_SIZE		8192
#define IO_BITMAP_SIZE		12288

static uint8_t os_msrs[MSR_BITMAP_SIZE] __attribute__((aligned(4096)));
static uint8_t pal_msrs[MSR_BITMAP_SIZE] __attribute__((aligned(4096)));
static uint8_t os_ports[IO_BITMAP_SIZE] __attribute__((aligned(4096)));
static uint8_t pal_ports[IO_BITMAP_SIZE] __attribute__((aligned(4096)));

/* The ranges of MSRs that have two bits each: APM Vol. 2, 15.11. */
static const struct { uint32_t first, at; } msr_ranges[] = {
	{ 0x00000000, 0x0000 },
	{ 0xc0000000, 0x0800 },
	{ 0xc0010000, 0x1000 },
};

#define MSR_RANGE_LAST	0x1fffu

static void put_bit(uint8_t *bitmap, uint64_t bit, bool value)
{
	uint8_t mask = (uint8_t)(1u << bit % 8);

	if (value)
		bitmap[bit / 8] |= mask;
	else
		bitmap[bit / 8] &= (uint8_t)~mask;
}

/* Where nothing guards the APIC, its commands are no exits. */
static bool exits(enum access_rule rule, bool guards_apic)
{
	return rule != ACCESS_PASS && (rule != ACCESS_ICR || guards_apic);
}

static void apply_msr(const struct access_row *row, bool guards_apic)
{
	bool read = exits(row->read, guards_apic);
	bool write = exits(row->write, guards_apic);
	unsigned int i;
	uint64_t msr;

	for (i = 0; i < sizeof(msr_ranges) / sizeof(msr_ranges[0]); i++) {
		uint64_t offset = row->first - msr_ranges[i].first;

		for (msr = row->first; offset <= MSR_RANGE_LAST &&
				       msr <= row->last; msr++, offset++) {
			uint64_t bit = msr_ranges[i].at * 8 + offset * 2;
			put_bit(os_msrs, bit, read);
			put_bit(os_msrs, bit + 1, write);
		}
	}
}

static void apply_port(const struct access_row *row)
{
	uint64_t port;

	for (port = row->first; port <= row->last; port++)
		put_bit(os_ports, port, row->write != ACCESS_PASS);
}

/* The first row that has a register holds, so it comes last. */
void svm_build_bitmaps(const struct hv *hv)
{
	unsigned int i;
	const struct access_row *rows = access_rows(&i);

	memset(os_msrs, 0xff, sizeof(os_msrs));
	memset(os_ports, 0xff, sizeof(os_ports));
	memset(pal_msrs, 0xff, sizeof(pal_msrs));
	memset(pal_ports, 0xff, sizeof(pal_ports));
	while (i-- > 0) {
		if (rows[i].kind == ACCESS_MSR)
			apply_msr(&rows[i], hv->has_apic_guard);
		else if (rows[i].kind == ACCESS_PORT)
			apply_port(&rows[i]);
	}
	for (i = 0; i < hv->machine_row_count; i++)
		if (hv->machine_rows[i].kind == ACCESS_PORT)
			apply_port(&hv->machine_rows[i]);
}

void svm_intercept_os(struct vmcb *vmcb, const struct svm_features *features)
{
	vmcb->intercept_misc1 = INTERCEPT_CPUID | INTERCEPT_INVD |
				INTERCEPT_INVLPGA | INTERCEPT_IO |
				INTERCEPT_MSR | INTERCEPT_SHUTDOWN;
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
	vmcb->io_bitmap_pa = ptr_to_hpa(os_ports).v;
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
