/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypervisor's own page tables: its memory, W^X, guarded stacks, nothing
 * of the OS but one page at a time that guest_mem.c looks at.
 */
#ifndef X86_PAGING_H
#define X86_PAGING_H

#include "core/hv.h"

/* Tell where the hypervisor lies; before anything uses hpa_to_ptr(). */
void paging_locate(uint64_t memory_pa, uint64_t memory_size);

/* How many bytes of its memory the image takes. */
uint64_t paging_image_size(void);

/* Build hv->own from hv->pages.  HV_OK or HV_ENOMEM. */
int paging_init(struct hv *hv);

/*
 * Map the registers of IOMMU number `index`; NULL if there is no memory for
 * tables.
 */
volatile void *paging_map_iommu(struct hv *hv, unsigned int index, hpa_t at);

/* Map a 2 MiB block as those of the pool are mapped.  HV_OK or HV_ENOMEM. */
int paging_map_block(struct hv *hv, hpa_t block);

/* Map this CPU's two stacks.  HV_OK or HV_ENOMEM. */
int paging_map_stacks(struct hv *hv, unsigned int cpu_id);

/* Where this CPU's stacks end. */
uint64_t paging_main_stack(unsigned int cpu_id);
uint64_t paging_exception_stack(unsigned int cpu_id);

#endif
