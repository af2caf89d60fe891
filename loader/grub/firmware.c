/* SPDX-License-Identifier: BSD-2-Clause */
#include "firmware.h"

#include <stddef.h>

#include "efi.h"
#include "lib/string.h"
#include "print.h"

#define CALL			__attribute__((ms_abi))
#define MAP_SIZE_MAX		32768
#define ACPI_RECLAIM		9	/* memory that the OS reads, then frees */
#define LOG_CRYPTO_AGILE	2	/* EFI_TCG2_EVENT_LOG_FORMAT_TCG_2 */
#define ALGORITHM_MAX		16

typedef uint64_t status_t;		/* 0: done */

struct guid {
	uint32_t first;
	uint16_t second, third;
	uint8_t rest[8];
};

struct tables_header {
	uint64_t signature;
	uint32_t revision, size, crc, reserved;
};

/* Of each table only what is called. */
struct boot_services {
	struct tables_header header;
	void *levels_and_pages[4];
	status_t (CALL *get_memory_map)(uint64_t *size, void *map,
					uint64_t *key, uint64_t *entry_size,
					uint32_t *version);
	status_t (CALL *allocate_pool)(uint32_t kind, uint64_t size,
				       void **place);
	void *events_and_protocols[15];
	status_t (CALL *install_configuration_table)(const struct guid *name,
						     void *table);
	void *images[4];
	status_t (CALL *exit_boot_services)(void *image, uint64_t key);
	void *more[10];
	status_t (CALL *locate_protocol)(const struct guid *name, void *key,
					 void **protocol);
};

struct runtime_services {
	struct tables_header header;
	void *times_and_addresses[6];
	status_t (CALL *get_variable)(const uint16_t *name,
				      const struct guid *vendor,
				      uint32_t *attributes, uint64_t *size,
				      void *value);
};

struct system_table {
	struct tables_header header;
	void *vendor_and_input[5];
	void *output;
	void *errors[2];
	struct runtime_services *runtime;
	struct boot_services *boot;
};

struct tcg2 {
	void *get_capability;
	status_t (CALL *get_event_log)(struct tcg2 *self, uint32_t format,
				       uint64_t *first, uint64_t *last,
				       uint8_t *is_truncated);
};

_Static_assert(offsetof(struct boot_services, get_memory_map) == 56, "UEFI");
_Static_assert(offsetof(struct boot_services, install_configuration_table) ==
	       192, "UEFI");
_Static_assert(offsetof(struct boot_services, exit_boot_services) == 232,
	       "UEFI");
_Static_assert(offsetof(struct boot_services, locate_protocol) == 320, "UEFI");
_Static_assert(offsetof(struct runtime_services, get_variable) == 72, "UEFI");
_Static_assert(offsetof(struct system_table, output) == 64, "UEFI");
_Static_assert(offsetof(struct system_table, boot) == 96, "UEFI");

/* Linux's own, for the log (drivers/firmware/efi/tpm.c). */
struct linux_log {
	uint32_t size;
	uint32_t final_size;	/* of what is in UEFI's "final" log, too */
	uint8_t version;
	uint8_t log[];
} __attribute__((packed));

static const struct guid global_variables = { 0x8be4df61, 0x93ca, 0x11d2,
	{ 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c } };
static const struct guid tcg2_protocol = { 0x607f766c, 0x7455, 0x42be,
	{ 0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f } };
static const struct guid linux_log_table = { 0xb7799cb0, 0xeca2, 0x4943,
	{ 0x96, 0x67, 0x1f, 0xae, 0x07, 0xb7, 0x47, 0xfa } };

static uint8_t map[MAP_SIZE_MAX] __attribute__((aligned(8)));

static uint32_t read_number(const uint8_t *at, uint32_t size)
{
	uint32_t value = 0;

	memcpy(&value, at, size);
	return value;
}

/* Of a digest, by the list in the log's first event; 0: not in it. */
static uint32_t digest_size(const uint8_t *list, uint32_t count,
			    uint32_t algorithm)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if (read_number(list + 4 * i, 2) == algorithm)
			return read_number(list + 4 * i + 2, 2);
	return 0;
}

uint64_t firmware_log_size(const void *log, const void *last)
{
	/* The first event has the old form, and the new one's algorithms. */
	const uint8_t *event = (const uint8_t *)log + 32;
	const uint8_t *list = event + 28;
	const uint8_t *at = last;
	uint32_t count = read_number(event + 24, 4);
	uint32_t i, digests, size;

	if (memcmp(event, "Spec ID Event03", 16) || count > ALGORITHM_MAX)
		return 0;
	if (log == last)
		return 32 + read_number(event - 4, 4);
	digests = read_number(at + 8, 4);
	if (digests > count)
		return 0;
	at += 12;
	for (i = 0; i < digests; i++) {
		size = digest_size(list, count, read_number(at, 2));
		if (!size)
			return 0;
		at += 2 + size;
	}
	return (uint64_t)(at - (const uint8_t *)log) + 4 + read_number(at, 4);
}

/*
 * The log of all that was measured lies in the firmware's memory; Linux asks
 * for a copy as its own loader makes one.  From here on the firmware writes
 * what is still to come into a log that the OS finds, too.
 */
static void hand_on_log(const struct boot_services *boot)
{
	struct tcg2 *tcg2;
	struct linux_log *copy;
	uint64_t first = 0, last = 0, size;
	uint8_t is_truncated;

	if (boot->locate_protocol(&tcg2_protocol, NULL, (void **)&tcg2) ||
	    tcg2->get_event_log(tcg2, LOG_CRYPTO_AGILE, &first, &last,
				&is_truncated) ||
	    !first || !last)
		return;		/* no TPM, or an old one */
	size = firmware_log_size((const void *)first, (const void *)last);
	if (!size || size > UINT32_MAX ||
	    boot->allocate_pool(ACPI_RECLAIM, sizeof(*copy) + size,
				(void **)&copy)) {
		print_line("Palisade: the TPM's event log cannot be handed on");
		return;
	}
	*copy = (struct linux_log){ .size = (uint32_t)size,
				    .version = LOG_CRYPTO_AGILE };
	memcpy(copy->log, (const void *)first, size);
	boot->install_configuration_table(&linux_log_table, copy);
}

/* A variable of one byte; absent is 0. */
static uint8_t variable(const struct runtime_services *runtime,
			const uint16_t *name)
{
	uint64_t size = 1;
	uint8_t value = 0;

	if (runtime->get_variable(name, &global_variables, NULL, &size, &value))
		return 0;
	return value;
}

static bool is_secure_boot(const struct runtime_services *runtime)
{
	static const uint16_t secure[] = { 'S', 'e', 'c', 'u', 'r', 'e', 'B',
					   'o', 'o', 't', 0 };
	static const uint16_t setup[] = { 'S', 'e', 't', 'u', 'p', 'M', 'o',
					  'd', 'e', 0 };

	return variable(runtime, secure) == 1 && variable(runtime, setup) == 0;
}

/* The map changes while the services run, and its key with it. */
static void end_services(const struct boot_services *boot,
			 struct info_efi *efi)
{
	uint64_t size, key, entry_size;
	uint32_t tries;

	for (tries = 0; tries < 3; tries++) {
		size = sizeof(map);
		if (boot->get_memory_map(&size, map, &key, &entry_size,
					 &efi->entry_version))
			fail("Palisade: the firmware's memory map has more "
			     "than %u bytes", MAP_SIZE_MAX);
		if (boot->exit_boot_services((void *)efi->image, key))
			continue;
		efi->map = map;
		efi->map_size = (uint32_t)size;
		efi->entry_size = (uint32_t)entry_size;
		return;
	}
	fail("Palisade: the firmware's boot services do not end");
}

void firmware_begin(const struct info *info)
{
	const struct system_table *table = (const void *)info->efi.table;

	if (info->efi.image)
		print_to_firmware((uint64_t)table->output);
}

void firmware_leave(struct info *info)
{
	const struct system_table *table = (const void *)info->efi.table;

	if (!info->efi.image)
		return;
	hand_on_log(table->boot);
	info->efi.is_secure_boot = is_secure_boot(table->runtime);
	print_to_firmware(0);
	end_services(table->boot, &info->efi);
	efi_check(&info->efi);
	efi_read_map(info);
}
