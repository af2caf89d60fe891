/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all CPUs share.
 *
 * hv->lock guards the owner table, the OS's nested table, the hypervisor's own
 * tables, each PAL outside its calls, and launch and unload.  hv->log.lock is
 * taken last, also under hv->lock.  A PAL call takes neither: it goes through
 * the PAL's gate and the thread's state, both atomic words (core/pal.h).
 */
#ifndef CORE_HV_H
#define CORE_HV_H

#include "core/cpu.h"
#include "core/iommu.h"
#include "core/log.h"
#include "core/notary.h"
#include "core/npt.h"
#include "core/owner.h"
#include "core/pal.h"
#include "lib/spinlock.h"

enum hv_phase {
	HV_STARTING,	/* CPUs are entering; nothing can be made yet */
	HV_RUNNING,
	HV_CLOSING,	/* all PALs are gone; CPUs may leave */
};

struct hv {
	struct spinlock lock;
	const struct vendor *vendor;
	enum hv_phase phase;
	unsigned int cpu_count;
	struct cpu *cpus[HV_MAX_CPUS];
	_Atomic uint64_t epoch;		/* raised when the OS loses a block */
	uint64_t next_tag;		/* of an npt; 0 is never used */
	struct page_list pages;		/* left of the hypervisor's memory */
	uint64_t memory_size;
	struct npt os_npt;
	struct npt own;			/* the hypervisor's own address space */
	uint64_t physical_end;		/* what the CPU can address */
	uint64_t own_efer;		/* while the hypervisor runs */
	bool has_apic_guard;
	bool starts_cpus;		/* there was no OS at the launch */
	bool has_1g_pages;
	uint64_t apic_base;
	hpa_t pal_tables[PAL_TABLE_PAGES];	/* shared by all PALs */
	struct owner owner;
	struct access_row machine_rows[ACCESS_MACHINE_ROWS];
	unsigned int machine_row_count;
	struct spinlock port_lock;	/* writes to guarded registers; before
					 * hv->lock */
	bool is_output_port_next;	/* of the keyboard controller's data */
	struct log log;
	struct notary notary;
	struct pal pals[HV_MAX_PALS];
};

/* Every CPU, and every IOMMU, has flushed at least up to this epoch. */
static inline uint64_t hv_lowest_epoch(struct hv *hv)
{
	uint64_t lowest = iommu_epoch();
	unsigned int i;

	for (i = 0; i < hv->cpu_count; i++) {
		uint64_t epoch = atomic_load(&hv->cpus[i]->epoch);

		if (epoch < lowest)
			lowest = epoch;
	}
	return lowest;
}

#endif
