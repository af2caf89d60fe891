/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a machine's AMD IOMMUs are: ACPI's table IVRS (48882, chapter 5).
 *
 * A function over bytes that the firmware wrote: sizes in them are checked
 * against each other and against `size`, nothing else is believed.
 */
#ifndef IOMMU_IVRS_H
#define IOMMU_IVRS_H

#include <stddef.h>
#include <stdint.h>

#define IVRS_UNITS_MAX	8u

/* What the firmware wants in the control register. */
#define IVRS_HT_TUNNEL		(1u << 0)
#define IVRS_PASS_POSTED	(1u << 1)
#define IVRS_RESPONSE_PASS	(1u << 2)
#define IVRS_ISOCHRONOUS	(1u << 3)

struct ivrs_unit {
	uint64_t registers;	/* physical address */
	uint8_t flags;		/* IVRS_*, and bits of no use to us */
};

/*
 * All of them, each once.  Returns how many, or HV_EINVAL if the table is
 * malformed or has more than IVRS_UNITS_MAX: then units[] is undefined.
 */
int ivrs_units(const void *table, size_t size,
	       struct ivrs_unit units[IVRS_UNITS_MAX]);

#endif
