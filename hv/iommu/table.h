/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ACPI's two tables of IOMMUs have in common: a head of 48 bytes, then
 * structures that have their length at the same place.
 *
 * Functions over bytes that the firmware wrote: sizes in them are checked
 * against each other and against the table's, nothing else is believed.
 */
#ifndef IOMMU_TABLE_H
#define IOMMU_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define TABLE_UNITS_MAX	32u

/* An IOMMU, as a table describes it. */
struct table_unit {
	uint64_t registers;	/* physical address */
	uint32_t size;		/* bytes of them */
	uint8_t flags;		/* IVRS_*, and bits of no use to us */
};

/*
 * Understand one structure, of 4 bytes at least.  1: it describes this unit; 0:
 * it is about something else; HV_EINVAL: it is malformed.
 */
typedef int (*table_reader)(const uint8_t *structure, unsigned int length,
			    struct table_unit *unit);

/*
 * All units of a table with this signature, each once.  Returns how many, or
 * HV_EINVAL if the table is malformed or has more than TABLE_UNITS_MAX: then
 * units[] is undefined.
 */
int table_units(const void *table, size_t size, const char *signature,
		table_reader read, struct table_unit units[TABLE_UNITS_MAX]);

#endif
