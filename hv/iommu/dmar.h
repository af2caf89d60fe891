/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where Intel's IOMMUs are: ACPI's table DMAR (Intel Virtualization Technology
 * for Directed I/O, D51397, chapter 8).
 */
#ifndef IOMMU_DMAR_H
#define IOMMU_DMAR_H

#include "iommu/table.h"

/* As table_units(). */
int dmar_units(const void *table, size_t size,
	       struct table_unit units[TABLE_UNITS_MAX]);

#endif
