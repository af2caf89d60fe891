/* SPDX-License-Identifier: BSD-2-Clause */
#include "acpi.h"

#include <stdbool.h>
#include <stddef.h>

#include "lib/string.h"

#define FOUR_GIB		(UINT64_C(1) << 32)
#define TABLE_MAX		0x100000u
#define REVISION_XSDT		2
#define MADT_FIRST_ENTRY	44
#define ENTRY_LOCAL_APIC	0
#define ENTRY_LOCAL_X2APIC	9
#define CPU_ENABLED		1u
#define HAS_RESET		(1u << 10)	/* FADT flags */
#define SPACE_MEMORY		0
#define SPACE_IO		1
#define PORT_MAX		0xffffu
#define MCFG_FIRST_ENTRY	44
#define BUS_SHIFT		20	/* 1 MiB of configuration for a bus */

struct root_pointer {
	char signature[8];
	uint8_t checksum;
	char oem[6];
	uint8_t revision;
	uint32_t rsdt;
	uint32_t length;
	uint64_t xsdt;
} __attribute__((packed));

struct table {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum;
	char rest[26];
} __attribute__((packed));

struct entry {
	uint8_t kind, length;
};

struct local_apic {
	struct entry entry;
	uint8_t processor, id;
	uint32_t flags;
} __attribute__((packed));

struct address {
	uint8_t space, width, offset, access;
	uint64_t at;
} __attribute__((packed));

struct fadt {
	struct table header;
	char rest1[64 - sizeof(struct table)];
	uint32_t sleep_a, sleep_b;
	char rest2[112 - 72];
	uint32_t flags;
	struct address reset;
	uint8_t reset_value;
	char rest3[172 - 129];
	struct address wide_sleep_a, wide_sleep_b;
	char rest4[244 - 196];
	struct address sleep_control;
} __attribute__((packed));

_Static_assert(offsetof(struct fadt, sleep_a) == 64, "ACPI");
_Static_assert(offsetof(struct fadt, flags) == 112, "ACPI");
_Static_assert(offsetof(struct fadt, wide_sleep_a) == 172, "ACPI");
_Static_assert(offsetof(struct fadt, sleep_control) == 244, "ACPI");

struct ecam {
	uint64_t base;			/* of bus 0 */
	uint16_t segment;
	uint8_t first_bus, last_bus;
	uint32_t reserved;
} __attribute__((packed));

struct local_x2apic {
	struct entry entry;
	uint16_t reserved;
	uint32_t id, flags;
} __attribute__((packed));

/* All tables lie below 4 GiB where we look, or they are not looked at. */
static struct table *table_at(uint64_t at)
{
	struct table *table = (struct table *)at;

	if (at == 0 || at >= FOUR_GIB - TABLE_MAX ||
	    table->length < sizeof(*table) || table->length > TABLE_MAX)
		return NULL;
	return table;
}

static bool is_called(const struct table *table, const char *signature)
{
	return !memcmp(table->signature, signature, 4);
}

/* The table with this signature, of those that the root table lists. */
static struct table *find_in(const struct table *root, uint32_t width,
			     const char *signature)
{
	uint32_t at;

	for (at = sizeof(*root); at + width <= root->length; at += width) {
		struct table *table;
		uint64_t address = 0;

		memcpy(&address, (const char *)root + at, width);
		table = table_at(address);
		if (table && is_called(table, signature))
			return table;
	}
	return NULL;
}

static struct table *find(uint64_t rsdp, const char *signature)
{
	const struct root_pointer *pointer = (const void *)rsdp;
	const struct table *root;

	if (rsdp == 0 || memcmp(pointer->signature, "RSD PTR ", 8))
		return NULL;
	if (pointer->revision >= REVISION_XSDT) {
		root = table_at(pointer->xsdt);
		if (root && is_called(root, "XSDT"))
			return find_in(root, sizeof(uint64_t), signature);
	}
	root = table_at(pointer->rsdt);
	return root && is_called(root, "RSDT") ?
	       find_in(root, sizeof(uint32_t), signature) : NULL;
}

/* Is this entry a CPU that can be used? */
static bool read_cpu(const struct entry *entry, uint32_t *id)
{
	struct local_apic apic;
	struct local_x2apic x2apic;

	if (entry->kind == ENTRY_LOCAL_APIC && entry->length >= sizeof(apic)) {
		memcpy(&apic, entry, sizeof(apic));
		*id = apic.id;
		return apic.flags & CPU_ENABLED;
	}
	if (entry->kind == ENTRY_LOCAL_X2APIC &&
	    entry->length >= sizeof(x2apic)) {
		memcpy(&x2apic, entry, sizeof(x2apic));
		*id = x2apic.id;
		return x2apic.flags & CPU_ENABLED;
	}
	return false;
}

uint32_t acpi_cpus(uint64_t rsdp, uint32_t ids[ACPI_CPUS_MAX])
{
	const struct table *madt = find(rsdp, "APIC");
	uint32_t count = 0, at = MADT_FIRST_ENTRY, id;

	while (madt && at + sizeof(struct entry) <= madt->length) {
		const struct entry *entry =
			(const void *)((const char *)madt + at);

		if (entry->length < sizeof(*entry) ||
		    entry->length > madt->length - at)
			break;
		if (read_cpu(entry, &id) && count < ACPI_CPUS_MAX)
			ids[count++] = id;
		at += entry->length;
	}
	return count;
}

uint32_t acpi_take(uint64_t rsdp, const char *signature, void *to,
		   uint32_t room)
{
	struct table *table = find(rsdp, signature);

	if (!table)
		return 0;
	if (table->length > room)
		return table->length;
	memcpy(to, table, table->length);
	table->checksum = (uint8_t)(table->checksum + signature[0] - 'P');
	table->signature[0] = 'P';
	return table->length;
}

void acpi_give_back(uint64_t rsdp, const char *signature)
{
	const char taken[] = { 'P', signature[1], signature[2], signature[3] };
	struct table *table = find(rsdp, taken);

	if (!table)
		return;
	table->checksum = (uint8_t)(table->checksum + 'P' - signature[0]);
	table->signature[0] = signature[0];
}

static struct hv_end end_at(const struct address *address, uint32_t offset,
			    uint8_t byte)
{
	struct hv_end end = {
		.is_port = address->space == SPACE_IO,
		.byte = byte,
	};

	if (address->at && (end.is_port ? address->at + offset <= PORT_MAX :
					  address->space == SPACE_MEMORY))
		end.at = address->at + offset;
	return end;
}

/*
 * Both forms are there in newer tables; the wide one may be empty.  SLP_EN is
 * in the second byte.
 */
static struct hv_end sleep_at(const struct address *wide, uint32_t narrow)
{
	const struct address port = { .space = SPACE_IO, .at = narrow };

	return end_at(wide->at ? wide : &port, 1, HV_SLEEP_ENABLE);
}

static void fill_ends(const struct table *table, struct hv_end *ends)
{
	struct fadt fadt = { 0 };

	memcpy(&fadt, table, table->length < sizeof(fadt) ? table->length :
							    sizeof(fadt));
	ends[0] = sleep_at(&fadt.wide_sleep_a, fadt.sleep_a);
	ends[1] = sleep_at(&fadt.wide_sleep_b, fadt.sleep_b);
	ends[2] = end_at(&fadt.sleep_control, 0, HV_SLEEP_ENABLE);
	if (fadt.flags & HAS_RESET) {
		ends[3] = end_at(&fadt.reset, 0, fadt.reset_value);
		ends[3].is_value = 1;
	}
}

static void fill_ecams(const struct table *table, struct hv_ram_range *ecams)
{
	uint32_t at = MCFG_FIRST_ENTRY, count = 0;
	struct ecam ecam;

	for (; at + sizeof(ecam) <= table->length && count < HV_LAUNCH_ECAMS;
	     at += sizeof(ecam)) {
		memcpy(&ecam, (const char *)table + at, sizeof(ecam));
		if (ecam.last_bus < ecam.first_bus)
			continue;
		ecams[count++] = (struct hv_ram_range){
			ecam.base + ((uint64_t)ecam.first_bus << BUS_SHIFT),
			(ecam.last_bus - ecam.first_bus + UINT64_C(1))
				<< BUS_SHIFT,
		};
	}
}

void acpi_registers(uint64_t rsdp, struct hv_launch *launch)
{
	const struct table *fadt = find(rsdp, "FACP");
	const struct table *mcfg = find(rsdp, "MCFG");

	memset(launch->ends, 0, sizeof(launch->ends));
	memset(launch->ecams, 0, sizeof(launch->ecams));
	if (fadt)
		fill_ends(fadt, launch->ends);
	if (mcfg)
		fill_ecams(mcfg, launch->ecams);
}
