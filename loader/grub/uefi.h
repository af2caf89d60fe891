/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UEFI's tables (UEFI 2.10, 4, 7 and 8): of each only what is called or read.
 * They are the firmware's, and are called on its own stack, while its boot
 * services run.
 */
#ifndef GRUB_UEFI_H
#define GRUB_UEFI_H

#include <stddef.h>
#include <stdint.h>

#define UEFI_CALL	__attribute__((ms_abi))
#define UEFI_ERROR	(UINT64_C(1) << 63)	/* and one of these */
#define UEFI_LOAD_ERROR		(UEFI_ERROR | 1)
#define UEFI_INVALID		(UEFI_ERROR | 2)
#define UEFI_UNSUPPORTED	(UEFI_ERROR | 3)
#define UEFI_NOT_FOUND		(UEFI_ERROR | 14)
#define UEFI_ACCESS_DENIED	(UEFI_ERROR | 15)
#define UEFI_SECURITY		(UEFI_ERROR | 26)

/* Kinds of memory, as the firmware's map has them. */
enum uefi_memory {
	UEFI_RESERVED = 0,
	UEFI_LOADER_CODE = 1,
	UEFI_LOADER_DATA = 2,
	UEFI_BOOT_CODE = 3,
	UEFI_BOOT_DATA = 4,
	UEFI_FREE = 7,
	UEFI_BAD = 8,
	UEFI_ACPI = 9,			/* the OS reads it, then frees it */
	UEFI_NVS = 10,
};

enum uefi_allocation {
	UEFI_ANYWHERE,
	UEFI_BELOW,			/* the address that is passed */
};

typedef uint64_t uefi_status;		/* 0: done */

struct uefi_guid {
	uint32_t first;
	uint16_t second, third;
	uint8_t rest[8];
};

struct uefi_header {
	uint64_t signature;
	uint32_t revision, size, crc, reserved;
};

/* A node of a device path; its content follows. */
struct uefi_node {
	uint8_t kind, form;
	uint8_t size[2];		/* with this */
};

struct uefi_boot_services {
	struct uefi_header header;
	void *levels[2];
	uefi_status (UEFI_CALL *allocate_pages)(enum uefi_allocation how,
						enum uefi_memory kind,
						uint64_t count, uint64_t *at);
	uefi_status (UEFI_CALL *free_pages)(uint64_t at, uint64_t count);
	uefi_status (UEFI_CALL *get_memory_map)(uint64_t *size, void *map,
						uint64_t *key,
						uint64_t *entry_size,
						uint32_t *version);
	uefi_status (UEFI_CALL *allocate_pool)(enum uefi_memory kind,
					       uint64_t size, void **place);
	void *events[10];
	uefi_status (UEFI_CALL *handle_protocol)(void *handle,
						 const struct uefi_guid *name,
						 void **protocol);
	void *protocols[4];
	uefi_status (UEFI_CALL *install_configuration_table)(
		const struct uefi_guid *name, void *table);
	uefi_status (UEFI_CALL *load_image)(uint8_t is_choice, void *parent,
					    const void *path,
					    const void *content, uint64_t size,
					    void **image);
	uefi_status (UEFI_CALL *start_image)(void *image, uint64_t *said_size,
					     uint16_t **said);
	void *images[2];
	uefi_status (UEFI_CALL *exit_boot_services)(void *image, uint64_t key);
	void *monotonic_count;
	uefi_status (UEFI_CALL *stall)(uint64_t us);
	void *more[7];
	uefi_status (UEFI_CALL *locate_handles)(uint32_t how,
						const struct uefi_guid *name,
						void *key, uint64_t *count,
						void ***handles);
	uefi_status (UEFI_CALL *locate_protocol)(const struct uefi_guid *name,
						 void *key, void **protocol);
};

struct uefi_runtime_services {
	struct uefi_header header;
	void *times_and_addresses[6];
	uefi_status (UEFI_CALL *get_variable)(const uint16_t *name,
					      const struct uefi_guid *vendor,
					      uint32_t *attributes,
					      uint64_t *size, void *value);
	void *next_name;
	uefi_status (UEFI_CALL *set_variable)(const uint16_t *name,
					      const struct uefi_guid *vendor,
					      uint32_t attributes,
					      uint64_t size, const void *value);
	void *monotonic_count;
	void (UEFI_CALL *reset_system)(uint32_t kind, uefi_status why,
				       uint64_t size, const void *words);
};

struct uefi_system_table {
	struct uefi_header header;
	void *vendor_and_input[5];
	void *output;
	void *errors[2];
	struct uefi_runtime_services *runtime;
	struct uefi_boot_services *boot;
};

/* What is known of a program in memory. */
struct uefi_loaded_image {
	void *whence[3];
	void *device;
	void *path_and_reserved[2];
	uint32_t options_size;
	void *options;
};

_Static_assert(offsetof(struct uefi_boot_services, allocate_pages) == 40 &&
	       offsetof(struct uefi_boot_services, get_memory_map) == 56 &&
	       offsetof(struct uefi_boot_services, handle_protocol) == 152 &&
	       offsetof(struct uefi_boot_services,
			install_configuration_table) == 192 &&
	       offsetof(struct uefi_boot_services, start_image) == 208 &&
	       offsetof(struct uefi_boot_services, exit_boot_services) == 232 &&
	       offsetof(struct uefi_boot_services, stall) == 248 &&
	       offsetof(struct uefi_boot_services, locate_protocol) == 320,
	       "UEFI");
_Static_assert(offsetof(struct uefi_runtime_services, get_variable) == 72 &&
	       offsetof(struct uefi_runtime_services, set_variable) == 88 &&
	       offsetof(struct uefi_runtime_services, reset_system) == 104,
	       "UEFI");
_Static_assert(offsetof(struct uefi_system_table, output) == 64 &&
	       offsetof(struct uefi_system_table, boot) == 96, "UEFI");
_Static_assert(offsetof(struct uefi_loaded_image, device) == 24 &&
	       offsetof(struct uefi_loaded_image, options_size) == 48 &&
	       offsetof(struct uefi_loaded_image, options) == 56, "UEFI");

#endif
