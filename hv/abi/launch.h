/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The launch contract between a loader and the hypervisor image.
 *
 * A loader finds physically contiguous, 2 MiB aligned memory, copies the image
 * to its start, zeroes the rest, maps all of it writable and executable at one
 * virtual address (`alias`), fills in struct hv_launch, and then calls
 *
 *	init(launch)		once, on any CPU, interrupts disabled
 *	enter(launch, cpu)	on each CPU, interrupts disabled,
 *				cpu = 0..count-1
 *
 * at the offsets that the image header names, with the System V calling
 * convention, in 64-bit mode at CPL 0.  init() prepares memory inside the
 * hypervisor's own allocation and changes nothing else.  enter() returns HV_OK
 * to its caller *in guest mode*, or a negative HV_E* having changed nothing;
 * launch->reason then tells why.  If one CPU fails, the loader makes those
 * that entered leave again with HC_CPU_LEAVE; when all have entered it calls
 * HC_LAUNCHED.  The upper half of the address space is the same in every CR3
 * with which init() and enter() are called, and holds the alias, the launch
 * structure, the stacks and, in init(), the ACPI table.  From the first
 * successful enter() on, the OS must not touch the memory nor the device table;
 * struct hv_launch itself stays the loader's.
 */
#ifndef ABI_LAUNCH_H
#define ABI_LAUNCH_H

#define HV_IMAGE_MAGIC		0x31564845444153ULL	/* "SADEHV1" */
#define HV_LAUNCH_VERSION	6
#define HV_LAUNCH_RAM_MAX	128
#define HV_LAUNCH_ENDS		4
#define HV_LAUNCH_ECAMS		8
#define HV_MEMORY_SIZE		0x400000		/* 4 MiB */
#define HV_DEVICE_TABLE_SIZE	0x200000		/* 2 MiB */

#define HV_LAUNCH_SERIAL	1	/* flags: log to serial_port as well */
#define HV_LAUNCH_BEFORE_OS	2	/* the OS will start all CPUs but the
					 * first: they call HC_CPU_WAIT */

/* launch->reason: why init() or enter() refused. */
#define HV_REASON_NONE		0
#define HV_REASON_CONTRACT	1	/* versions or sizes do not match */
#define HV_REASON_MEMORY	2	/* memory too small for this machine */
#define HV_REASON_NO_SVM	3	/* the CPU has no SVM */
#define HV_REASON_SVM_LOCKED	4	/* disabled in firmware (VM_CR.SVMDIS) */
#define HV_REASON_SVM_IN_USE	5	/* EFER.SVME is set: KVM or another */
#define HV_REASON_NO_NPT	6	/* no nested paging */
#define HV_REASON_NO_ASID	7	/* fewer than 3 ASIDs */
#define HV_REASON_PAT		8	/* PAT entry 0 is not write-back */
#define HV_REASON_MODE		9	/* not 64-bit mode, CPL 0, IF = 0 */
#define HV_REASON_CPU		10	/* cpu number out of range or taken */
#define HV_REASON_ENCRYPTION	11	/* memory encryption (SME) is on */
#define HV_REASON_VMX		12	/* an Intel CPU: not yet supported */
#define HV_REASON_APIC		13	/* the APIC was moved: RAM, or > 4 GiB */

#ifndef __ASSEMBLER__
#include "abi/root.h"
#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/build_bug.h>
#else
#include <stdint.h>
#endif

/* The first bytes of the image file. */
struct hv_image_header {
	uint64_t magic;
	uint32_t launch_version;
	uint32_t abi_version;		/* HV_ABI_VERSION it was built with */
	uint64_t image_size;		/* bytes of the file */
	uint64_t init_offset;		/* int init(struct hv_launch *) */
	uint64_t enter_offset;		/* int enter(struct hv_launch *, u32) */
};

struct hv_ram_range {
	uint64_t base;			/* bytes; any alignment */
	uint64_t size;
};

/*
 * A byte by which the OS has the machine sleep, or be reset: ACPI's PM1a and
 * PM1b control (their second byte), sleep control and reset register.
 */
struct hv_end {
	uint64_t at;			/* I/O port or physical address; 0: none */
	uint8_t is_port;
	uint8_t is_value;		/* the byte does it; else any of its bits */
	uint8_t byte;
	uint8_t reserved[5];
};

#define HV_SLEEP_ENABLE		0x20	/* SLP_EN of those for sleep */

struct hv_launch {
	uint32_t size;			/* sizeof(struct hv_launch) */
	uint32_t version;		/* HV_LAUNCH_VERSION */
	uint64_t memory_pa;		/* 2 MiB aligned */
	uint64_t memory_size;		/* HV_MEMORY_SIZE */
	uint64_t alias;			/* where it is mapped for the launch */
	uint32_t cpu_count;		/* 1..HV_MAX_CPUS */
	uint32_t flags;			/* HV_LAUNCH_* */
	uint32_t serial_port;		/* I/O port of a 16550, if HV_LAUNCH_SERIAL */
	uint32_t ram_count;		/* entries of ram[] */
	uint32_t reason;		/* out: HV_REASON_* */
	uint32_t iommu_table_size;	/* bytes */
	uint64_t page_table;		/* virtual address of the top-level page
					 * table that CR3 points to in init() */
	uint64_t iommu_table;		/* virtual address of ACPI's table of
					 * IOMMUs, IVRS or DMAR, in init(), or
					 * 0: none */
	uint64_t device_table;		/* physical: zeroed memory for IVRS's,
					 * 2 MiB aligned, HV_DEVICE_TABLE_SIZE;
					 * or 0: no DMA protection by them */
	struct hv_end ends[HV_LAUNCH_ENDS];
	struct hv_ram_range ecams[HV_LAUNCH_ECAMS];	/* PCI configuration
					 * in memory; size 0: the last */
	struct hv_ram_range ram[HV_LAUNCH_RAM_MAX];	/* all RAM of the OS */
	struct hv_root root;		/* the loader wipes it after init() */
};

_Static_assert(sizeof(struct hv_image_header) == 40, "ABI");
_Static_assert(sizeof(struct hv_launch) == 344 + 16 * HV_LAUNCH_RAM_MAX, "ABI");

#endif /* __ASSEMBLER__ */
#endif /* ABI_LAUNCH_H */
