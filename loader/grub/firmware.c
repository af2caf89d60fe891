/* SPDX-License-Identifier: BSD-2-Clause */
#include "firmware.h"

#include <stddef.h>

#include "efi.h"
#include "lib/string.h"
#include "print.h"
#include "uefi.h"

#define MAP_SIZE_MAX		32768
#define LOG_CRYPTO_AGILE	2	/* EFI_TCG2_EVENT_LOG_FORMAT_TCG_2 */
#define ALGORITHM_MAX		16
#define TPM_ROOM		1024
#define OVERWRITE_ALWAYS	0x11	/* also after a reset that looks clean */
#define OVERWRITE_LOCK		1	/* until then */

struct tcg2 {
	void *get_capability;
	uefi_status (UEFI_CALL *get_event_log)(struct tcg2 *self,
					       uint32_t format, uint64_t *first,
					       uint64_t *last,
					       uint8_t *is_truncated);
	void *measure;
	uefi_status (UEFI_CALL *submit_command)(struct tcg2 *self,
						uint32_t size,
						const void *command,
						uint32_t room, void *response);
};

/* Linux's own, for the log (drivers/firmware/efi/tpm.c). */
struct linux_log {
	uint32_t size;
	uint32_t final_size;	/* of what is in UEFI's "final" log, too */
	uint8_t version;
	uint8_t log[];
} __attribute__((packed));

static const struct uefi_guid global_variables = { 0x8be4df61, 0x93ca, 0x11d2,
	{ 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c } };
static const struct uefi_guid tcg2_protocol = { 0x607f766c, 0x7455, 0x42be,
	{ 0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f } };
static const struct uefi_guid linux_log_table = { 0xb7799cb0, 0xeca2, 0x4943,
	{ 0x96, 0x67, 0x1f, 0xae, 0x07, 0xb7, 0x47, 0xfa } };

static const struct uefi_guid overwrite_request = { 0xe20939be, 0x32d4, 0x41be,
	{ 0xa1, 0x50, 0x89, 0x7f, 0x85, 0xd4, 0x98, 0x29 } };
static const struct uefi_guid overwrite_lock = { 0xbb983ccf, 0x151d, 0x40e1,
	{ 0xa0, 0x7b, 0x4a, 0x17, 0xbe, 0x16, 0x82, 0x92 } };

static uint8_t map[MAP_SIZE_MAX] __attribute__((aligned(8)));

static struct tcg2 *find_tpm(const struct uefi_boot_services *boot)
{
	struct tcg2 *tcg2;

	if (boot->locate_protocol(&tcg2_protocol, NULL, (void **)&tcg2))
		return NULL;	/* no TPM, or an old one */
	return tcg2;
}

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
static void hand_on_log(const struct uefi_boot_services *boot)
{
	struct tcg2 *tcg2 = find_tpm(boot);
	struct linux_log *copy;
	uint64_t first = 0, last = 0, size;
	uint8_t is_truncated;

	if (!tcg2 ||
	    tcg2->get_event_log(tcg2, LOG_CRYPTO_AGILE, &first, &last,
				&is_truncated) ||
	    !first || !last)
		return;
	size = firmware_log_size((const void *)first, (const void *)last);
	if (!size || size > UINT32_MAX ||
	    boot->allocate_pool(UEFI_ACPI, sizeof(*copy) + size,
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
static uint8_t variable(const struct uefi_runtime_services *runtime,
			const uint16_t *name)
{
	uint64_t size = 1;
	uint8_t value = 0;

	if (runtime->get_variable(name, &global_variables, NULL, &size, &value))
		return 0;
	return value;
}

static bool is_secure_boot(const struct uefi_runtime_services *runtime)
{
	static const uint16_t secure[] = { 'S', 'e', 'c', 'u', 'r', 'e', 'B',
					   'o', 'o', 't', 0 };
	static const uint16_t setup[] = { 'S', 'e', 't', 'u', 'p', 'M', 'o',
					  'd', 'e', 0 };

	return variable(runtime, secure) == 1 && variable(runtime, setup) == 0;
}

/* Only the firmware makes such variables: one that is absent stays so. */
static uefi_status change(const struct uefi_runtime_services *runtime,
			  const uint16_t *name, const struct uefi_guid *vendor,
			  uint8_t value)
{
	uint64_t size = 1;
	uint32_t attributes;
	uint8_t old;

	if (runtime->get_variable(name, vendor, &attributes, &size, &old) ||
	    old == value)
		return 0;
	return runtime->set_variable(name, vendor, attributes, 1, &value);
}

void firmware_ask_to_overwrite(const struct info *info)
{
	const struct uefi_system_table *table = (const void *)info->efi.table;

	if (!info->efi.image)
		return;
	if (change(table->runtime, u"MemoryOverwriteRequestControl",
		   &overwrite_request, OVERWRITE_ALWAYS) ||
	    change(table->runtime, u"MemoryOverwriteRequestControlLock",
		   &overwrite_lock, OVERWRITE_LOCK))
		print_line("Palisade: the firmware cannot be asked to "
			   "overwrite memory at a reset");
}

/* Returns the key by which the services end while the map is still that. */
static uint64_t get_map(const struct uefi_boot_services *boot,
			struct info_efi *efi)
{
	uint64_t size = sizeof(map), key, entry_size;

	if (boot->get_memory_map(&size, map, &key, &entry_size,
				 &efi->entry_version))
		fail("Palisade: the firmware's memory map has more than %u "
		     "bytes", MAP_SIZE_MAX);
	efi->map = map;
	efi->map_size = (uint32_t)size;
	efi->entry_size = (uint32_t)entry_size;
	return key;
}

/* The map changes while the services run, and its key with it. */
static void end_services(const struct uefi_boot_services *boot,
			 struct info_efi *efi)
{
	uint32_t tries;

	for (tries = 0; tries < 3; tries++)
		if (!boot->exit_boot_services((void *)efi->image,
					      get_map(boot, efi)))
			return;
	fail("Palisade: the firmware's boot services do not end");
}

void firmware_begin(const struct info *info)
{
	const struct uefi_system_table *table = (const void *)info->efi.table;

	if (info->efi.image)
		print_to_firmware((uint64_t)table->output);
}

void firmware_read_map(struct info *info)
{
	const struct uefi_system_table *table = (const void *)info->efi.table;

	get_map(table->boot, &info->efi);
	efi_check(&info->efi);
	efi_read_map(info);
}

/* Some take no room that is longer than the TPM's longest response. */
uint32_t firmware_ask_tpm(const struct info *info, const void *command,
			  uint32_t size, void *response, uint32_t room)
{
	const struct uefi_system_table *table = (const void *)info->efi.table;
	struct tcg2 *tcg2 = info->efi.image ? find_tpm(table->boot) : NULL;
	uint32_t told;

	if (room > TPM_ROOM)
		room = TPM_ROOM;
	memset(response, 0, room);
	if (!tcg2 ||
	    tcg2->submit_command(tcg2, size, command, room, response))
		return 0;
	memcpy(&told, (const char *)response + 2, sizeof(told));
	told = __builtin_bswap32(told);
	return told <= room ? told : 0;
}

void firmware_wait_us(const struct info *info, uint64_t us)
{
	const struct uefi_system_table *table = (const void *)info->efi.table;

	table->boot->stall(us);
}

void firmware_leave(struct info *info)
{
	const struct uefi_system_table *table = (const void *)info->efi.table;

	if (!info->efi.image)
		return;
	hand_on_log(table->boot);
	info->efi.is_secure_boot = is_secure_boot(table->runtime);
	print_to_firmware(0);
	end_services(table->boot, &info->efi);
	efi_check(&info->efi);
	efi_read_map(info);
}
