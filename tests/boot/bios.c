/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An OS of the oldest kind: what it is handed, what the BIOS does for it, and
 * what memory it is told of.  All is printed; run.py compares it with a boot
 * without Palisade, and the memory map with what Palisade says it took.
 */
#include "bios.h"
#include "layout.h"

#define SMAP		0x534d4150u
#define PAGE		4096u
#define HYPERVISOR_SIZE	0x400000u
#define BDA_BASE_KIB	0x413
#define MAP_MAX		64
#define RAM		1

struct entry {
	uint64_t base, size;
	uint32_t kind;
} __attribute__((packed));

static struct entry map[MAP_MAX];
static unsigned int entry_count;

static struct bios_registers *call(uint32_t vector, uint32_t eax, uint32_t ebx,
				   uint32_t ecx, uint32_t edx)
{
	bios_registers = (struct bios_registers){
		.eax = eax, .ebx = ebx, .ecx = ecx, .edx = edx,
		.es = STAGE16_AT >> 4 };
	bios_int(vector);
	return &bios_registers;
}

static bool has_failed(void)
{
	return bios_registers.flags & FLAGS_CF;
}

static void say(const char *name, uint32_t value)
{
	print(name);
	print_hex(value);
	print_end();
}

static void say_what_was_handed_over(void)
{
	say("handed dl", far_read32(KEPT_EDX) & 0xff);
	say("handed flags", far_read32(KEPT_FLAGS));
	say("handed cs", far_read16(KEPT_CS));
	say("handed ds", far_read16(KEPT_DS));
	say("handed es", far_read16(KEPT_ES));
	say("handed ss", far_read16(KEPT_SS));
	say("handed esp", far_read32(KEPT_ESP));
	say("handed si", far_read16(KEPT_ESI));
}

/* Of the partition that we are booted from; the disk's own sector gets none. */
static void say_partition(void)
{
	uint32_t at = far_read16(KEPT_ESI);
	uint32_t i;

	for (i = 0; at && i < 16; i += 4)
		say("handed entry", far_read32(at + i));
}

static void say_control_registers(void)
{
	uint32_t value;

	__asm__ volatile("movl %%cr0, %0" : "=r"(value));
	say("handed cr0", value);
	__asm__ volatile("movl %%cr4, %0" : "=r"(value));
	say("handed cr4", value);
}

/* The vectors that the BIOS made, and its own data. */
static void say_low_memory(void)
{
	uint32_t vector;

	for (vector = 0; vector < 0x78; vector++) {
		print("vector");
		print_hex(vector);
		print_hex(far_read32(vector * 4));
		print_end();
	}
	say("serial port", far_read16(0x400));
	say("ebda", far_read16(0x40e));
	say("base memory", far_read16(BDA_BASE_KIB));
	say("disks", far_read32(0x475) & 0xff);
}

static void screen(void)
{
	uint32_t mode = call(0x10, 0x0f00, 0, 0, 0)->eax;

	say("video mode", mode & 0xff);
	call(0x10, 0x0200, 0, 0, 0x0305);
	verdict("int_10h_tells_where_the_cursor_was_put",
		(call(0x10, 0x0300, 0, 0, 0)->edx & 0xffff) == 0x0305);
	call(0x10, 0x0a00 | 'P', 0x0007, 1, 0);
	verdict("int_10h_writes_on_the_screen",
		(call(0x10, 0x0800, 0, 0, 0)->eax & 0xff) == 'P');
	call(0x10, 0x0e00 | 'Q', 0x0007, 0, 0);
	verdict("int_10h_moves_on",
		(call(0x10, 0x0300, 0, 0, 0)->edx & 0xffff) == 0x0306);
}

static void disk(void)
{
	static uint8_t buffer[512];
	uint32_t drive = far_read32(KEPT_EDX) & 0xff;
	uint32_t i;

	call(0x13, 0x0800, 0, 0, drive);
	verdict("int_13h_tells_the_geometry", !has_failed());
	say("geometry", bios_registers.ecx & 0xffff);
	call(0x13, 0x0201, (uint32_t)(uintptr_t)buffer, 1, drive);
	for (i = 0; i < 4 && !has_failed(); i++)
		if (buffer[i] != (uint8_t)far_read32(0x7c00 + i))
			break;
	verdict("int_13h_reads_by_cylinder_and_head", i == 4 &&
		buffer[510] == 0x55 && buffer[511] == 0xaa);
	call(0x13, 0x0201, (uint32_t)(uintptr_t)buffer, 1, drive + 0x20);
	verdict("int_13h_fails_for_no_disk", has_failed());
}

static void keyboard(void)
{
	call(0x16, 0x0100, 0, 0, 0);
	verdict("int_16h_sees_no_key", bios_registers.flags & FLAGS_ZF);
}

static void clock(void)
{
	uint32_t before = far_read32(0x46c);
	uint32_t patience = 0x10000000;

	while (far_read32(0x46c) == before && patience)
		patience--;
	verdict("the_timer_interrupts", patience != 0);
}

static void read_map(void)
{
	uint32_t next = 0;

	do {
		call(0x15, 0xe820, next, sizeof(map[0]), SMAP);
		/* ES:DI is set by hand: call() has no DI. */
		bios_registers = (struct bios_registers){
			.eax = 0xe820, .ebx = next, .ecx = sizeof(map[0]),
			.edx = SMAP, .es = STAGE16_AT >> 4,
			.edi = (uint32_t)(uintptr_t)&map[entry_count] };
		bios_int(0x15);
		if (has_failed() || bios_registers.eax != SMAP)
			break;
		next = bios_registers.ebx;
		entry_count++;
	} while (next && entry_count < MAP_MAX);
}

static void say_map(void)
{
	unsigned int i;

	for (i = 0; i < entry_count; i++) {
		print("map");
		print_hex((word)(map[i].base >> 32));
		print_hex((word)map[i].base);
		print_hex((word)(map[i].size >> 32));
		print_hex((word)map[i].size);
		print_hex(map[i].kind);
		print_end();
	}
}

static bool is_map_sane(void)
{
	unsigned int i;

	for (i = 1; i < entry_count; i++)
		if (map[i].base < map[i - 1].base + map[i - 1].size)
			return false;
	return entry_count > 1;
}

static bool is_odd_form_refused(uint32_t eax)
{
	call(0x15, eax, 0, sizeof(map[0]), SMAP);
	return has_failed();
}

static void memory(void)
{
	read_map();
	say_map();
	verdict("int_15h_gives_a_sorted_map", is_map_sane());
	call(0x15, 0xe820, 0, sizeof(map[0]), 0);
	verdict("int_15h_wants_its_signature", has_failed());
	call(0x15, 0xe820, entry_count, sizeof(map[0]), SMAP);
	verdict("int_15h_has_no_entry_behind_the_last", has_failed());
	verdict("int_15h_refuses_what_it_does_not_know",
		is_odd_form_refused(0xe899) && is_odd_form_refused(0xe881) &&
		is_odd_form_refused(0xda88));
	call(0x15, 0xe801, 0, 0, 0);
	verdict("int_15h_tells_sizes", !has_failed() &&
		bios_registers.eax == bios_registers.ecx &&
		bios_registers.ebx == bios_registers.edx);
	say("e801 below 16 MiB", bios_registers.eax);
	say("e801 above 16 MiB", bios_registers.ebx);
	call(0x15, 0x8800, 0, 0, 0);
	verdict("int_15h_tells_the_size_above_1_mib", !has_failed());
	say("88", bios_registers.eax & 0xffff);
	call(0x12, 0, 0, 0, 0);
	say("int 12h", bios_registers.eax & 0xffff);
}

/* RAM is read before and behind; in between each page must fault. */
static bool is_hidden(uint32_t base,
		      int (*peek)(uint32_t address, uint32_t *value))
{
	uint32_t value, offset;

	if (peek(base - 4, &value))
		return false;
	for (offset = 0; offset < HYPERVISOR_SIZE; offset += PAGE)
		if (peek(base + offset, &value) != -13)
			return false;
	return true;
}

/* What Palisade has is reserved, of its size, and nothing else looks so. */
static void hidden_memory(void)
{
	unsigned int i;

	for (i = 0; i < entry_count; i++) {
		uint32_t base = (uint32_t)map[i].base;

		if (map[i].kind == RAM || map[i].base >> 32 ||
		    base % HYPERVISOR_SIZE || map[i].size < HYPERVISOR_SIZE ||
		    base >= 0xb0000000)
			continue;
		say("hidden", base);
		verdict("hidden_in_unreal_mode", is_hidden(base, peek_unreal));
		verdict("hidden_in_protected_mode",
			is_hidden(base, peek_protected));
	}
}

/* The old gate that makes addresses wrap at 1 MiB; it must not reach us. */
static void a20(void)
{
	uint32_t ignored = 0;

	call(0x15, 0x2403, 0, 0, 0);
	verdict("int_15h_knows_a20", !has_failed());
	call(0x15, 0x2400, 0, 0, 0);
	__asm__ volatile("cpuid" : "+a"(ignored) : : "ebx", "ecx", "edx");
	say("a20 switched off", has_failed());
	call(0x15, 0x2402, 0, 0, 0);
	say("a20 is", bios_registers.eax & 0xff);
	call(0x15, 0x2401, 0, 0, 0);
	verdict("int_15h_switches_a20_on", !has_failed());
	__asm__ volatile("cpuid" : "+a"(ignored) : : "ebx", "ecx", "edx");
}

static void modes(void)
{
	uint32_t one = 0, other = 1;

	verdict("unreal_mode_reads_far_memory",
		peek_unreal(0x100000, &one) == 0);
	verdict("protected_mode_reads_the_same",
		peek_protected(0x100000, &other) == 0 && one == other);
	verdict("the_bios_works_after_it", (call(0x10, 0x0f00, 0, 0, 0)->eax &
					   0xff) == 3);
}

void bios_tests(void)
{
	say_what_was_handed_over();
	say_partition();
	say_control_registers();
	say_low_memory();
	screen();
	disk();
	keyboard();
	clock();
	memory();
	a20();
	modes();
	hidden_memory();
}
