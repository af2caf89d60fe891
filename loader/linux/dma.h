/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the hypervisor needs to hold off devices: where the firmware says that
 * the IOMMUs are, and memory for the device table of AMD's.
 */
#ifndef LOADER_DMA_H
#define LOADER_DMA_H

#include <linux/types.h>

#include "abi/launch.h"

struct acpi_table_header;

struct dma {
	struct acpi_table_header *table;	/* NULL: no IOMMU */
	struct page *device_table;		/* NULL: not AMD's */
};

/* All fields are NULL when there is no IOMMU, or no memory (which is said). */
void dma_prepare(struct dma *dma);

void dma_fill(const struct dma *dma, struct hv_launch *launch);

/* No CPU may be under the hypervisor. */
void dma_free(struct dma *dma);

#endif /* LOADER_DMA_H */
