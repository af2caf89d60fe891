/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI's tables (ACPI 6.5, 5.2): which CPUs there are (MADT, 5.2.12), by which
 * registers the machine sleeps and is reset (FADT, 5.2.9), and where PCI
 * configuration lies (MCFG, PCI Firmware 3.3, 4.1.2).
 *
 * The tables are the firmware's; sizes in them are checked against each other,
 * so that a malformed table is an error and not a wild read.
 */
#ifndef GRUB_ACPI_H
#define GRUB_ACPI_H

#include <stdint.h>

#include "abi/launch.h"

#define ACPI_CPUS_MAX	64

/*
 * Put the APIC ids of all usable CPUs at ids, in the firmware's order.  Returns
 * how many there are, 0 if the tables do not tell.  rsdp: the root pointer's
 * address, 0: there is none.
 */
uint32_t acpi_cpus(uint64_t rsdp, uint32_t ids[ACPI_CPUS_MAX]);

/*
 * Take a table from the OS: it is copied, and the firmware's gets a P for its
 * first letter, a name that nobody looks for.  Returns its size, 0 if there is
 * none; if that is more than there is room for, nothing was done.
 */
uint32_t acpi_take(uint64_t rsdp, const char *signature, void *to,
		   uint32_t room);

/* Give it back, if it was taken: by its name. */
void acpi_give_back(uint64_t rsdp, const char *signature);

/*
 * Fill in launch->ends and launch->ecams as far as the tables tell; the rest is
 * 0.
 */
void acpi_registers(uint64_t rsdp, struct hv_launch *launch);

#endif
