/* SPDX-License-Identifier: BSD-2-Clause */
/* Where AMD's IOMMUs are: ACPI's table IVRS (48882, chapter 5). */
#ifndef IOMMU_IVRS_H
#define IOMMU_IVRS_H

#include "iommu/table.h"

/* What the firmware wants in the control register. */
#define IVRS_HT_TUNNEL		(1u << 0)
#define IVRS_PASS_POSTED	(1u << 1)
#define IVRS_RESPONSE_PASS	(1u << 2)
#define IVRS_ISOCHRONOUS	(1u << 3)

/* As table_units(). */
int ivrs_units(const void *table, size_t size,
	       struct table_unit units[TABLE_UNITS_MAX]);

#endif
