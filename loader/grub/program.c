/* SPDX-License-Identifier: BSD-2-Clause */
#include "program.h"

#include "lib/string.h"
#include "place.h"
#include "print.h"
#include "uefi.h"

#define PAGE			4096u
#define LOW_MEMORY_LAST		0x9efffu
#define FOUR_GIB_LAST		0xffffffffu
#define ROOM			(HV_MEMORY_SIZE + HV_DEVICE_TABLE_SIZE)
#define PATH_MAX		256
#define DEVICE_PATH_MAX		1024u
#define DESCRIPTORS_MAX		4096u
#define NODE_END		0x7f
#define NODE_MEDIA		4
#define NODE_FILE		4		/* of those */
#define BY_PROTOCOL		2
#define RESET_COLD		0
#define TEN_SECONDS		10000000

struct table_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

static const struct uefi_guid loaded_image = { 0x5b1b31a1, 0x9562, 0x11d2,
	{ 0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } };
static const struct uefi_guid device_path = { 0x09576e91, 0x6d3f, 0x11d2,
	{ 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } };
static const struct uefi_guid file_system = { 0x964e5b22, 0x6459, 0x11d2,
	{ 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } };

extern uint64_t efi_cr3;			/* start.S: the firmware's */

void program_call_here(void (*function)(void), const void *gdt);
uint64_t program_leap(void *start_image, void *image, uint64_t cr3);

static const struct uefi_system_table *table;
static const struct uefi_boot_services *boot;
static char path[PATH_MAX];
static uint16_t options[INFO_WORDS_MAX];	/* the program's line */
static void *image;
static uint64_t room;				/* ROOM bytes, ours for ever */

bool program_is_wanted(const struct info *info)
{
	return info_text(info->words, INFO_PROGRAM) != NULL;
}

const char *program_path(void)
{
	return path;
}

static void read_line(const struct info *info)
{
	const char *words = info_text(info->words, INFO_PROGRAM);
	const char *rest = info_rest(words);
	uint32_t i;

	for (i = 0; words[i] && words[i] != ' ' && i < PATH_MAX - 1; i++)
		path[i] = words[i];
	path[i] = '\0';
	if ((path[0] != '/' && path[0] != '\\') ||
	    (words[i] && words[i] != ' '))
		fail("Palisade: this is no path of an EFI program (as "
		     INFO_PROGRAM "=/EFI/debian/grubx64.efi, at most %u "
		     "characters): %s", PATH_MAX - 1, path);
	if (strlen(rest) >= INFO_WORDS_MAX)
		fail("Palisade: the line of the EFI program has more than %u "
		     "characters", INFO_WORDS_MAX - 1);
	for (i = 0; rest[i]; i++)
		options[i] = (uint8_t)rest[i];
	options[i] = 0;
}

static uint32_t node_size(const struct uefi_node *node)
{
	return node->size[0] | (uint32_t)node->size[1] << 8;
}

static void make_node(uint8_t *at, uint8_t kind, uint8_t form, uint32_t size)
{
	const struct uefi_node node = {
		kind, form, { (uint8_t)size, (uint8_t)(size >> 8) }
	};

	memcpy(at, &node, sizeof(node));
}

/* The device's path, and the file's behind it. */
static bool make_path(void *device, uint8_t *whole)
{
	const uint32_t name_size = 2 * ((uint32_t)strlen(path) + 1);
	const uint32_t size = (uint32_t)sizeof(struct uefi_node) + name_size;
	const struct uefi_node *node;
	uint32_t i, at = 0;
	void *first;

	if (boot->handle_protocol(device, &device_path, &first))
		return false;
	for (node = first; node->kind != NODE_END;
	     node = (const void *)((const char *)node + node_size(node))) {
		if (node_size(node) < sizeof(*node) ||
		    node_size(node) > DEVICE_PATH_MAX - at)
			return false;
		memcpy(whole + at, node, node_size(node));
		at += node_size(node);
	}
	make_node(whole + at, NODE_MEDIA, NODE_FILE, size);
	at += (uint32_t)sizeof(*node);
	for (i = 0; i < name_size; i += 2) {
		char c = path[i / 2];

		whole[at + i] = (uint8_t)(c == '/' ? '\\' : c);
		whole[at + i + 1] = 0;
	}
	make_node(whole + at + name_size, NODE_END, UINT8_MAX, sizeof(*node));
	return true;
}

static uefi_status load_from(void *device, void *parent)
{
	static uint8_t whole[DEVICE_PATH_MAX + 2 * PATH_MAX +
			     2 * sizeof(struct uefi_node)];

	if (!make_path(device, whole))
		return UEFI_NOT_FOUND;
	return boot->load_image(0, parent, whole, NULL, 0, &image);
}

static struct uefi_loaded_image *what_is_known(void *of)
{
	void *known;

	if (boot->handle_protocol(of, &loaded_image, &known))
		fail("Palisade: the firmware knows nothing of a program that "
		     "it has loaded");
	return known;
}

static uefi_status load_from_any(void *parent)
{
	uefi_status status = load_from(what_is_known(parent)->device, parent);
	uint64_t i, count = 0;
	void **devices;

	if (boot->locate_handles(BY_PROTOCOL, &file_system, NULL, &count,
				 &devices))
		return status;
	for (i = 0; i < count && status == UEFI_NOT_FOUND; i++)
		status = load_from(devices[i], parent);
	return status;
}

static const char *reason_text(uefi_status status)
{
	switch (status) {
	case UEFI_NOT_FOUND:
		return "no file system that the firmware reads has the EFI "
		       "program";
	case UEFI_LOAD_ERROR:
	case UEFI_INVALID:
	case UEFI_UNSUPPORTED:
		return "this is no EFI program for this machine, or is "
		       "damaged";
	case UEFI_ACCESS_DENIED:
	case UEFI_SECURITY:
		return "Secure Boot is on, and the firmware takes no key that "
		       "the EFI program is signed with";
	}
	return "the firmware does not load the EFI program";
}

void program_load(const struct info *info)
{
	struct uefi_loaded_image *known;
	uefi_status status;

	read_line(info);
	if (!info->efi.image)
		fail("Palisade: an EFI program (" INFO_PROGRAM "=) needs UEFI's boot "
		     "services, and this machine was started by a BIOS, or "
		     "GRUB has ended them");
	table = (const void *)info->efi.table;
	boot = table->boot;
	status = load_from_any((void *)info->efi.image);
	if (status)
		fail("Palisade: %s (status %lu): %s", reason_text(status),
		     status & ~UEFI_ERROR, path);
	known = what_is_known(image);
	known->options = (void *)physical(options);
	known->options_size = 2;
	while (options[known->options_size / 2 - 1])
		known->options_size += 2;
}

static uint64_t allocate(enum uefi_memory kind, uint64_t size, uint64_t last)
{
	uint64_t at = last;

	if (boot->allocate_pages(UEFI_BELOW, kind, size / PAGE, &at))
		return 0;
	return at;
}

static void give_back(uint64_t from, uint64_t end)
{
	if (from < end)
		boot->free_pages(from, (end - from) / PAGE);
}

/* It has to be aligned, which the firmware does not do. */
static void make_large_room(void)
{
	const uint64_t more = ROOM + HV_MEMORY_SIZE;
	uint64_t at = allocate(UEFI_RESERVED, more, FOUR_GIB_LAST);

	if (!at)
		fail("Palisade: the firmware has no room for the hypervisor "
		     "(%lu MiB in one piece below 4 GiB)", more >> 20);
	room = (at + HV_MEMORY_SIZE - 1) & ~(uint64_t)(HV_MEMORY_SIZE - 1);
	give_back(at, room);
	give_back(room + ROOM, at + more);
}

void program_make_room(struct memory *memory)
{
	uint64_t low = allocate(UEFI_LOADER_CODE, PAGE, LOW_MEMORY_LAST);
	uint64_t low_end = low ? low + PAGE : 0;

	make_large_room();
	memory_take(memory, 0, low);
	memory_take(memory, low_end, room - low_end);
	memory_take(memory, room + ROOM, UINT64_MAX - (room + ROOM));
}

void program_give_back(const struct hv_launch *launch)
{
	if (!launch->device_table)
		give_back(room + HV_MEMORY_SIZE, room + ROOM);
}

void program_call(void (*function)(void))
{
	static uint64_t copy[DESCRIPTORS_MAX / sizeof(uint64_t)];
	struct table_pointer firmware, ours;

	__asm__ volatile("sgdt %0" : "=m"(firmware));
	ours = (struct table_pointer){ firmware.limit, (uint64_t)copy };
	if (firmware.limit >= sizeof(copy))
		fail("Palisade: the firmware's table of descriptors has more "
		     "than %u bytes", DESCRIPTORS_MAX);
	memcpy(copy, (const void *)firmware.base, firmware.limit + 1u);
	program_call_here(function, &ours);
}

void program_start(void)
{
	uefi_status status = program_leap((void *)boot->start_image, image,
					  efi_cr3);

	print_line("Palisade: the program has ended (status %lu) and started "
		   "no OS; the machine restarts in 10 s: %s",
		   status & ~UEFI_ERROR, path);
	boot->stall(TEN_SECONDS);
	table->runtime->reset_system(RESET_COLD, 0, 0, NULL);
	fail("Palisade: the firmware does not restart the machine");
}
