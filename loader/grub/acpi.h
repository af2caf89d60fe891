/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which CPUs there are: the MADT of ACPI 6.5, 5.2.12.
 *
 * The tables are the firmware's; sizes in them are checked against each other,
 * so that a malformed table is an error and not a wild read.
 */
#ifndef GRUB_ACPI_H
#define GRUB_ACPI_H

#include <stdint.h>

#define ACPI_CPUS_MAX	64

/*
 * Put the APIC ids of all usable CPUs at ids, in the firmware's order.  Returns
 * how many there are, 0 if the tables do not tell.  rsdp: the root pointer's
 * address, 0: there is none.
 */
uint32_t acpi_cpus(uint64_t rsdp, uint32_t ids[ACPI_CPUS_MAX]);

#endif
