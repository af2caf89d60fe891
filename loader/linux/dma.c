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

static struct acpi_table_header *find(char *signature)
{
	struct acpi_table_header *table;

	return ACPI_FAILURE(acpi_get_table(signature, 0, &table)) ? NULL :
								    table;
}

void dma_prepare(struct dma *dma)
{
	*dma = (struct dma){ NULL, NULL };
	if (acpi_disabled)
		return;
	dma->table = find(ACPI_SIG_DMAR);
	if (dma->table)
		return;
	dma->table = find(ACPI_SIG_IVRS);
	if (!dma->table)
		return;
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
	if (!dma->table)
		return;
	launch->iommu_table = (unsigned long)dma->table;
	launch->iommu_table_size = dma->table->length;
	if (dma->device_table)
		launch->device_table = page_to_phys(dma->device_table);
}

void dma_free(struct dma *dma)
{
	if (dma->device_table) {
		pages_clear_offline(dma->device_table, TABLE_PAGES);
		__free_pages(dma->device_table, TABLE_ORDER);
	}
	if (dma->table)
		acpi_put_table(dma->table);
	*dma = (struct dma){ NULL, NULL };
}
