// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Knows that the kernel has one FADT for all of ACPI's versions.  A reset
 * register in memory or in PCI configuration cannot be watched.
 */
#define pr_fmt(fmt) "palisade: " fmt

#include "power.h"

#include <linux/acpi.h>
#include <linux/printk.h>

static u16 port(const struct acpi_generic_address *at)
{
	if (at->space_id != ACPI_ADR_SPACE_SYSTEM_IO || at->address > U16_MAX)
		return 0;
	return at->address;
}

void power_fill(struct hv_power *power)
{
	const struct acpi_table_fadt *fadt = &acpi_gbl_FADT;

	if (acpi_disabled)
		return;
	power->sleep_ports[0] = port(&fadt->xpm1a_control_block);
	power->sleep_ports[1] = port(&fadt->xpm1b_control_block);
	if (!(fadt->flags & ACPI_FADT_RESET_REGISTER))
		return;
	power->reset_port = port(&fadt->reset_register);
	power->reset_value = fadt->reset_value;
	if (!power->reset_port)
		pr_warn("ACPI's reset register is no port: a hostile kernel can reset the machine without secrets being wiped\n");
}
