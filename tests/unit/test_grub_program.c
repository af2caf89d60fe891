/* SPDX-License-Identifier: BSD-2-Clause */
/* loader/grub/program.c: an EFI program as the OS, on a firmware of ours. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "fake_grub.h"
#include "program.h"
#include "test.h"
#include "uefi.h"

#define MIB		UINT64_C(0x100000)
#define PROGRAM		((void *)1)	/* images by their handles */
#define GRUB		((void *)2)

/* Of program.S and start.S. */
uint64_t efi_cr3 = 0x5000;
void program_call_here(void (*function)(void), const void *gdt);
uint64_t program_leap(void *start_image, void *image, uint64_t cr3);

/* A file system: its device path, and what loading from it says. */
static struct device {
	uint8_t path[64];
	uefi_status status;
	uint32_t tries;
} devices[3];
static uint64_t device_count;

static struct uefi_loaded_image program, grub;
static uint8_t asked[512];		/* the last path that was loaded */
static struct uefi_boot_services boot;
static struct uefi_runtime_services runtime;
static struct uefi_system_table table;
static struct info info;
static struct memory memory;

static uint64_t room_at, low_at, allocations;	/* 0: none left */
static struct { uint64_t from, count; } given[4];
static unsigned int given_count, stalls, resets;

static UEFI_CALL uefi_status handle_protocol(void *handle,
					     const struct uefi_guid *name,
					     void **protocol)
{
	if (name->first == 0x5b1b31a1) {
		*protocol = handle == PROGRAM ? &program : &grub;
		return 0;
	}
	CHECK_EQ(name->first, 0x09576e91);
	*protocol = ((struct device *)handle)->path;
	return 0;
}

static UEFI_CALL uefi_status locate_handles(uint32_t how,
					    const struct uefi_guid *name,
					    void *key, uint64_t *count,
					    void ***handles)
{
	static void *all[COUNT_OF(devices)];
	unsigned int i;

	CHECK_EQ(how, 2);
	CHECK_EQ(name->first, 0x964e5b22);
	CHECK(!key);
	for (i = 0; i < COUNT_OF(devices); i++)
		all[i] = &devices[i];
	*handles = all;
	*count = device_count;
	return 0;
}

/* The path's first bytes after its node's head name the device. */
static UEFI_CALL uefi_status load_image(uint8_t is_choice, void *parent,
					const void *path, const void *content,
					uint64_t size, void **image)
{
	struct device *device = &devices[((const uint8_t *)path)[4]];

	CHECK_EQ(is_choice, 0);
	CHECK(parent == GRUB);
	CHECK(!content && !size);
	memcpy(asked, path, sizeof(asked));
	device->tries++;
	*image = PROGRAM;
	return device->status;
}

static UEFI_CALL uefi_status allocate_pages(enum uefi_allocation how,
					    enum uefi_memory kind,
					    uint64_t count, uint64_t *at)
{
	CHECK_EQ(how, UEFI_BELOW);
	if (allocations-- == 0)
		return UEFI_ERROR | 9;
	if (kind == UEFI_RESERVED) {
		CHECK_EQ(count, 10 * MIB / 4096);
		CHECK_EQ(*at, 0xffffffff);
		*at = room_at;
		return 0;
	}
	CHECK_EQ(kind, UEFI_LOADER_CODE);
	CHECK_EQ(count, 1);
	CHECK(*at < 0xa0000);
	*at = low_at;
	return low_at ? 0 : UEFI_NOT_FOUND;
}

static UEFI_CALL uefi_status free_pages(uint64_t at, uint64_t count)
{
	CHECK(given_count < COUNT_OF(given));
	given[given_count].from = at;
	given[given_count++].count = count * 4096;
	return 0;
}

static UEFI_CALL uefi_status stall(uint64_t us)
{
	CHECK_EQ(us, 10000000);
	stalls++;
	return 0;
}

static UEFI_CALL void reset_system(uint32_t kind, uefi_status why,
				   uint64_t size, const void *words)
{
	CHECK(!kind && !why && !size && !words);
	resets++;
}

void program_call_here(void (*function)(void), const void *gdt)
{
	(void)gdt;
	function();
}

uint64_t program_leap(void *start_image, void *image, uint64_t cr3)
{
	CHECK(start_image == (void *)boot.start_image);
	CHECK(image == PROGRAM);
	CHECK_EQ(cr3, 0x5000);
	return UEFI_ERROR | 21;
}

static void make_firmware(const char *words)
{
	unsigned int i;

	memset(&info, 0, sizeof(info));
	memset(&boot, 0, sizeof(boot));
	memset(devices, 0, sizeof(devices));
	boot.handle_protocol = handle_protocol;
	boot.locate_handles = locate_handles;
	boot.load_image = load_image;
	boot.allocate_pages = allocate_pages;
	boot.free_pages = free_pages;
	boot.stall = stall;
	runtime.reset_system = reset_system;
	table.boot = &boot;
	table.runtime = &runtime;
	info.efi.table = (uint64_t)&table;
	info.efi.image = (uint64_t)GRUB;
	info.words = words;
	for (i = 0; i < COUNT_OF(devices); i++) {
		const uint8_t path[] = { 1, 2, 5, 0, (uint8_t)i,
					 0x7f, 0xff, 4, 0 };

		memcpy(devices[i].path, path, sizeof(path));
		devices[i].status = UEFI_NOT_FOUND;
	}
	device_count = COUNT_OF(devices);
	grub.device = &devices[2];
	given_count = stalls = resets = 0;
	allocations = 10;
	room_at = 0x3d700000;
	low_at = 0x9e000;
}

static void load(void)
{
	program_load(&info);
}

static void the_program_gets_its_line(void)
{
	static const char line[] = "one two=3  four";
	const uint16_t *options;
	unsigned int i;

	make_firmware("serial=0x3f8 os-efi=/EFI/a.efi   one two=3  four");
	devices[2].status = 0;
	CHECK(program_is_wanted(&info));
	load();
	CHECK(!strcmp(program_path(), "/EFI/a.efi"));
	options = program.options;
	CHECK_EQ(program.options_size, 2 * sizeof(line));
	for (i = 0; i < sizeof(line); i++)
		CHECK_EQ(options[i], line[i]);
	make_firmware("os-efi=\\a");
	devices[2].status = 0;
	load();
	CHECK_EQ(program.options_size, 2);
}

static void its_words_are_not_ours(void)
{
	make_firmware("modules=1 os-efi=/a serial=0x3f8 modules=2 os-efi=/b");
	CHECK_EQ(info_number(info.words, "serial"), 0);
	CHECK_EQ(info_number(info.words, "modules"), 1);
	make_firmware("serial=0x3f8 os-efix=/a no-os-efi=/a");
	CHECK(!program_is_wanted(&info));
}

static void the_path_goes_behind_the_devices(void)
{
	static const uint8_t path[] = {
		1, 2, 5, 0, 2,				/* the device's */
		4, 4, 14, 0, '\\', 0, 'E', 0, '\\', 0, 'a', 0, 0, 0,
		0x7f, 0xff, 4, 0,
	};

	make_firmware("os-efi=/E\\a");
	devices[2].status = 0;
	load();
	CHECK(!memcmp(asked, path, sizeof(path)));
}

static void grubs_own_device_comes_first(void)
{
	make_firmware("os-efi=/a");
	devices[0].status = devices[2].status = 0;
	load();
	CHECK_EQ(devices[0].tries, 0);
	make_firmware("os-efi=/a");
	devices[1].status = 0;
	load();
	CHECK_EQ(devices[0].tries, 1);
	CHECK_EQ(devices[1].tries, 1);
}

static void a_program_that_is_none_says_why(void)
{
	static const struct {
		uefi_status status;
		const char *words;
	} cases[] = {
		{ UEFI_NOT_FOUND, "has the EFI program (status 14): /x" },
		{ UEFI_UNSUPPORTED, "no EFI program for this machine" },
		{ UEFI_LOAD_ERROR, "no EFI program for this machine" },
		{ UEFI_SECURITY, "Secure Boot is on" },
		{ UEFI_ACCESS_DENIED, "Secure Boot is on" },
		{ UEFI_ERROR | 9, "does not load the EFI program (status 9)" },
	};
	unsigned int i;

	for (i = 0; i < COUNT_OF(cases); i++) {
		make_firmware("os-efi=/x");
		devices[1].status = cases[i].status;
		CHECK(fake_grub_fails(load, cases[i].words));
		/* One that is there, but bad, is not passed over for another. */
		CHECK_EQ(devices[2].tries,
			 cases[i].status == UEFI_NOT_FOUND ? 2 : 1);
	}
}

static void what_is_no_path_is_refused(void)
{
	static char line[400] = "os-efi=/";

	make_firmware("os-efi=");
	CHECK(fake_grub_fails(load, "no path of an EFI program"));
	make_firmware("os-efi=grubx64.efi");
	CHECK(fake_grub_fails(load, "no path of an EFI program"));
	memset(line + 8, 'x', 254);
	make_firmware(line);
	CHECK(fake_grub_fails(load, "no file system"));
	line[8 + 254] = 'x';
	make_firmware(line);
	CHECK(fake_grub_fails(load, "at most 255"));
}

static void a_line_that_is_too_long_is_refused(void)
{
	static char line[2100] = "os-efi=/a ";

	memset(line + 10, 'x', 2047);
	make_firmware(line);
	devices[2].status = 0;
	load();
	CHECK_EQ(program.options_size, 2 * 2048);
	line[10 + 2047] = 'x';
	make_firmware(line);
	CHECK(fake_grub_fails(load, "more than 2047"));
}

static void a_malformed_device_is_passed_over(void)
{
	make_firmware("os-efi=/a");
	devices[2].path[2] = 3;			/* shorter than its head */
	devices[0].path[3] = 0xff;		/* longer than we take */
	devices[1].status = 0;
	load();
	CHECK_EQ(devices[2].tries, 0);
	CHECK_EQ(devices[0].tries, 0);
}

static void without_boot_services_there_is_no_program(void)
{
	make_firmware("os-efi=/a");
	info.efi.image = 0;
	CHECK(fake_grub_fails(load, "needs UEFI's boot services"));
}

static void make_room(void)
{
	program_make_room(&memory);
}

static void make_memory(void)
{
	make_firmware("os-efi=/a");
	devices[2].status = 0;
	load();
	info.range_count = 0;
	info_add_range(&info, 0, 0xa0000, MEMORY_RAM);
	info_add_range(&info, MIB, 0x3f000000, MEMORY_RAM);
	info_add_range(&info, UINT64_C(0x100000000), MIB, MEMORY_RAM);
	memory_init(&memory, &info);
}

static void only_what_the_firmware_gives_is_used(void)
{
	make_memory();
	make_room();
	CHECK_EQ(given_count, 2);	/* 3d8 to 3de is kept of 3d7 to 3e1 */
	CHECK_EQ(given[0].from, 0x3d700000);
	CHECK_EQ(given[0].count, MIB);
	CHECK_EQ(given[1].from, 0x3de00000);
	CHECK_EQ(given[1].count, 3 * MIB);
	CHECK_EQ(memory_place(&memory, 4 * MIB, 4 * MIB, 16 * MIB, 4096 * MIB),
		 0x3d800000);
	CHECK_EQ(memory_place(&memory, 2 * MIB, 2 * MIB, 16 * MIB, 4096 * MIB),
		 0x3dc00000);
	CHECK_EQ(memory_place(&memory, 4096, 4096, 4096, 0x9f000), 0x9e000);
	CHECK_EQ(memory_place(&memory, 1, 1, 0, UINT64_MAX), 0);
}

static void room_that_is_aligned_is_kept_from_its_start(void)
{
	make_memory();
	room_at = 0x3d800000;
	low_at = 0;
	make_room();
	CHECK_EQ(given_count, 1);
	CHECK_EQ(given[0].from, 0x3de00000);
	CHECK_EQ(given[0].count, 4 * MIB);
	CHECK_EQ(memory_place(&memory, 4096, 4096, 0, 0x9f000), 0);
}

static void no_room_is_told(void)
{
	make_memory();
	allocations = 1;
	CHECK(fake_grub_fails(make_room, "no room for the hypervisor"));
}

static void the_device_tables_room_goes_back_without_one(void)
{
	struct hv_launch launch = { .device_table = 0x3dc00000 };

	make_memory();
	make_room();
	given_count = 0;
	program_give_back(&launch);
	CHECK_EQ(given_count, 0);
	launch.device_table = 0;
	program_give_back(&launch);
	CHECK_EQ(given_count, 1);
	CHECK_EQ(given[0].from, 0x3dc00000);
	CHECK_EQ(given[0].count, 2 * MIB);
}

static void a_program_that_returns_restarts_the_machine(void)
{
	make_memory();
	CHECK(fake_grub_fails(program_start, "does not restart"));
	CHECK_EQ(stalls, 1);
	CHECK_EQ(resets, 1);
}

TESTS(
	RUN(the_program_gets_its_line);
	RUN(its_words_are_not_ours);
	RUN(the_path_goes_behind_the_devices);
	RUN(grubs_own_device_comes_first);
	RUN(a_program_that_is_none_says_why);
	RUN(what_is_no_path_is_refused);
	RUN(a_line_that_is_too_long_is_refused);
	RUN(a_malformed_device_is_passed_over);
	RUN(without_boot_services_there_is_no_program);
	RUN(only_what_the_firmware_gives_is_used);
	RUN(room_that_is_aligned_is_kept_from_its_start);
	RUN(no_room_is_told);
	RUN(the_device_tables_room_goes_back_without_one);
	RUN(a_program_that_returns_restarts_the_machine);
)
