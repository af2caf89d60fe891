/* SPDX-License-Identifier: BSD-2-Clause */
#include "dma.h"

#include "acpi.h"
#include "lib/string.h"
#include "print.h"

#define FOUR_GIB	(UINT64_C(1) << 32)
#define SIXTEEN_MIB	UINT64_C(0x1000000)

/* init() sees our own half of the address space only. */
static char table[0x4000];

static bool take(uint64_t rsdp, const char *signature, struct hv_launch *launch)
{
	uint32_t size = acpi_take(rsdp, signature, table, sizeof(table));

	if (size > sizeof(table)) {
		print_line("Palisade: no DMA protection: the firmware's table "
			   "%s has %u bytes, more than %u", signature, size,
			   (uint32_t)sizeof(table));
		size = 0;
	}
	launch->iommu_table = size ? (uint64_t)table : 0;
	launch->iommu_table_size = size;
	return size != 0;
}

void dma_prepare(uint64_t rsdp, struct memory *memory,
		 struct hv_launch *launch)
{
	if (take(rsdp, "DMAR", launch) || !take(rsdp, "IVRS", launch))
		return;
	launch->device_table = memory_place(memory, HV_DEVICE_TABLE_SIZE,
					    HV_DEVICE_TABLE_SIZE, SIXTEEN_MIB,
					    FOUR_GIB);
	if (!launch->device_table)
		fail("Palisade: no room for the IOMMU's device table (2 MiB "
		     "below 4 GiB)");
	memset((void *)launch->device_table, 0, HV_DEVICE_TABLE_SIZE);
}

void dma_give_back(uint64_t rsdp)
{
	acpi_give_back(rsdp, "DMAR");
	acpi_give_back(rsdp, "IVRS");
}
