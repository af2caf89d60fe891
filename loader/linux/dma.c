// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Knows how to get ACPI's table of IOMMUs from a stock kernel.  The hypervisor
 * reads it; here nobody does.
 */
#define pr_fmt(fmt) "palisade: " fmt

#include "dma.h"

#include <linux/acpi.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/printk.h>

#include "pages.h"

#define TABLE_ORDER	get_order(HV_DEVICE_TABLE_SIZE)
#define TABLE_PAGES	(HV_DEVICE_TABLE_SIZE >> PAGE_SHIFT)

void dma_prepare(struct dma *dma)
{
	*dma = (struct dma){ NULL, NULL };
	if (acpi_disabled ||
	    ACPI_FAILURE(acpi_get_table(ACPI_SIG_IVRS, 0, &dma->ivrs))) {
		dma->ivrs = NULL;
		return;
	}
	dma->device_table = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN |
					__GFP_RETRY_MAYFAIL, TABLE_ORDER);
	if (!dma->device_table) {
		pr_warn("no %u MiB of contiguous memory for the IOMMU: no DMA protection\n",
			HV_DEVICE_TABLE_SIZE >> 20);
		dma_free(dma);
		return;
	}
	pages_set_offline(dma->device_table, TABLE_PAGES);
}

void dma_fill(const struct dma *dma, struct hv_launch *launch)
{
	if (!dma->ivrs)
		return;
	launch->ivrs = (unsigned long)dma->ivrs;
	launch->ivrs_size = dma->ivrs->length;
	launch->device_table = page_to_phys(dma->device_table);
}

void dma_free(struct dma *dma)
{
	if (dma->device_table) {
		pages_clear_offline(dma->device_table, TABLE_PAGES);
		__free_pages(dma->device_table, TABLE_ORDER);
	}
	if (dma->ivrs)
		acpi_put_table(dma->ivrs);
	*dma = (struct dma){ NULL, NULL };
}
