// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Knows that the kernel has one FADT for all of ACPI's versions, and how to get
 * its MCFG.
 */
#define pr_fmt(fmt) "palisade: " fmt

#include "power.h"

#include <linux/acpi.h>
#include <linux/printk.h>

#define BUS_SHIFT	20		/* 1 MiB of configuration for a bus */

static struct hv_end end_at(const struct acpi_generic_address *at,
			    unsigned int offset, u8 byte)
{
	struct hv_end end = {
		.is_port = at->space_id == ACPI_ADR_SPACE_SYSTEM_IO,
		.byte = byte,
	};

	if (at->address && (end.is_port ?
			    at->address + offset <= U16_MAX :
			    at->space_id == ACPI_ADR_SPACE_SYSTEM_MEMORY))
		end.at = at->address + offset;
	return end;
}

static void fill_ends(struct hv_end *ends)
{
	const struct acpi_table_fadt *fadt = &acpi_gbl_FADT;

	/* SLP_EN is in the second byte of PM1 control. */
	ends[0] = end_at(&fadt->xpm1a_control_block, 1, HV_SLEEP_ENABLE);
	ends[1] = end_at(&fadt->xpm1b_control_block, 1, HV_SLEEP_ENABLE);
	ends[2] = end_at(&fadt->sleep_control, 0, HV_SLEEP_ENABLE);
	if (!(fadt->flags & ACPI_FADT_RESET_REGISTER))
		return;
	ends[3] = end_at(&fadt->reset_register, 0, fadt->reset_value);
	ends[3].is_value = 1;
}

static void fill_ecams(struct hv_ram_range *ecams)
{
	const struct acpi_mcfg_allocation *from;
	struct acpi_table_header *table;
	u32 at = sizeof(struct acpi_table_mcfg), i;

	if (ACPI_FAILURE(acpi_get_table(ACPI_SIG_MCFG, 0, &table)))
		return;
	for (i = 0; at + sizeof(*from) <= table->length; at += sizeof(*from)) {
		from = (const void *)table + at;
		if (from->end_bus_number < from->start_bus_number)
			continue;
		if (i == HV_LAUNCH_ECAMS) {
			pr_warn("more than %u ranges of PCI configuration: a hostile kernel can change what addresses mean\n",
				HV_LAUNCH_ECAMS);
			break;
		}
		ecams[i].base = from->address +
				((u64)from->start_bus_number << BUS_SHIFT);
		ecams[i++].size = (from->end_bus_number -
				   from->start_bus_number + 1ULL) << BUS_SHIFT;
	}
	acpi_put_table(table);
}

void power_fill(struct hv_launch *launch)
{
	if (acpi_disabled)
		return;
	fill_ends(launch->ends);
	fill_ecams(launch->ecams);
}
