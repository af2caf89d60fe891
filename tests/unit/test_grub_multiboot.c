/* SPDX-License-Identifier: BSD-2-Clause */
/* loader/grub: what Multiboot kernels ask for, and ELF files say. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "elf.h"
#include "fake_grub.h"
#include "multiboot.h"
#include "test.h"

#define MIB		(UINT64_C(1) << 20)
#define FILE_SIZE	0x9000u
#define PHYSICAL	0x200000u
#define ENTRY		0xc0000010u	/* virtual */
#define SEGMENT		0x34u		/* of make_elf() */
#define SECTIONS	0x100u
#define HEADER		0x1000u

static uint8_t file[FILE_SIZE] __attribute__((aligned(8)));
static uint64_t file_size;
static uint32_t version;
static struct multiboot multiboot;
static struct elf elf;

static void put(uint32_t at, uint64_t value, unsigned int size)
{
	memcpy(file + at, &value, size);
}

/* One segment, from 0x1000 on in the file, two sections; 32 bits. */
static void make_elf(void)
{
	memset(file, 0, sizeof(file));
	file_size = sizeof(file);
	version = 0;
	memcpy(file, "\177ELF\1\1\1", 7);
	put(16, 2, 2);
	put(18, 3, 2);
	put(24, ENTRY, 4);
	put(28, SEGMENT, 4);
	put(32, SECTIONS, 4);
	put(42, 32, 2);
	put(44, 1, 2);
	put(46, 40, 2);
	put(48, 2, 2);
	put(50, 1, 2);
	put(SEGMENT, 1, 4);
	put(SEGMENT + 4, HEADER, 4);
	put(SEGMENT + 8, 0xc0000000, 4);
	put(SEGMENT + 12, PHYSICAL, 4);
	put(SEGMENT + 16, 0x2000, 4);
	put(SEGMENT + 20, 0x5000, 4);
}

static void put_header1(uint32_t at, uint32_t flags)
{
	put(at, 0x1badb002, 4);
	put(at + 4, flags, 4);
	put(at + 8, -(0x1badb002u + flags), 4);
}

static uint32_t put_tag(uint32_t at, uint16_t kind, uint16_t flags,
			uint32_t size)
{
	put(at, kind, 2);
	put(at + 2, flags, 2);
	put(at + 4, size, 4);
	return at + ((size + 7) & ~7u);
}

/* The header, with all up to `end` as its tags. */
static void put_header2(uint32_t at, uint32_t end)
{
	put_tag(end, 0, 0, 8);
	put(at, 0xe85250d6, 4);
	put(at + 4, 0, 4);
	put(at + 8, end + 8 - at, 4);
	put(at + 12, -(0xe85250d6u + end + 8 - at), 4);
}

static bool is_multiboot;

static void read_it(void)
{
	is_multiboot = multiboot_read(&multiboot, file, file_size, version);
}

static void read_elf(void)
{
	elf_read(&elf, file, file_size);
}

static void an_elf_file_is_read(void)
{
	make_elf();
	CHECK(elf_is_one(file, file_size));
	CHECK(!elf_is_one(file, 40));
	read_elf();
	CHECK_EQ(elf.base, PHYSICAL);
	CHECK_EQ(elf.end, PHYSICAL + 0x5000);
	CHECK_EQ(elf.entry, PHYSICAL + 0x10);
	CHECK_EQ(elf.piece_count, 1);
	CHECK_EQ(elf.pieces[0].offset, HEADER);
	CHECK_EQ(elf.pieces[0].size, 0x2000);
	CHECK_EQ(elf.section_count, 2);
	CHECK_EQ(elf.section_names, 1);
}

/* One field wrong each. */
static void malformed_elf_files_are_refused(void)
{
	static const struct {
		uint32_t at;
		unsigned int size;
		uint64_t value;
		const char *words;
	} bad[] = {
		{ 4, 1, 3, "another CPU" },
		{ 5, 1, 2, "another CPU" },
		{ 18, 2, 62, "another CPU" },
		{ 16, 2, 1, "no program" },
		{ 24, 4, 0xc0005000, "malformed" },	/* entry */
		{ 28, 4, FILE_SIZE - 31, "malformed" },
		{ 28, 4, UINT32_MAX, "malformed" },
		{ 44, 2, 0xffff, "malformed" },
		{ 42, 2, 31, "malformed" },
		{ 32, 4, UINT32_MAX - 3, "malformed" },
		{ 46, 2, 39, "malformed" },
		{ 48, 2, 0xffff, "malformed" },
		{ 50, 2, 2, "malformed" },
		{ SEGMENT + 4, 4, FILE_SIZE - 0x1fff, "cut off" },
		{ SEGMENT + 4, 4, UINT32_MAX, "cut off" },
		{ SEGMENT + 12, 4, 0xffffc000, "4 GiB" },
		{ SEGMENT + 16, 4, 0x5001, "cut off" },
		{ SEGMENT + 20, 4, UINT32_MAX, "4 GiB" },
		{ SEGMENT, 4, 2, "malformed" },		/* nothing to load */
	};
	unsigned int i;

	for (i = 0; i < COUNT_OF(bad); i++) {
		make_elf();
		put(bad[i].at, bad[i].value, bad[i].size);
		if (!fake_grub_fails(read_elf, bad[i].words))
			printf("# row %u: '%s'\n", i, fake_grub_said);
		CHECK(strstr(fake_grub_said, bad[i].words));
	}
}

static void too_many_segments_are_refused(void)
{
	uint32_t i;

	make_elf();
	put(44, ELF_PIECES_MAX + 1, 2);
	put(28, 0x400, 4);
	for (i = 0; i <= ELF_PIECES_MAX; i++)
		memcpy(file + 0x400 + 32 * i, file + SEGMENT, 32);
	CHECK(fake_grub_fails(read_elf, "more than"));
}

static void headers_are_found_where_they_may_be(void)
{
	make_elf();
	read_it();
	CHECK(!is_multiboot);
	put_header1(8192 - 12, 3);
	read_it();
	CHECK(is_multiboot);
	CHECK_EQ(multiboot.version, 1);
	CHECK_EQ(multiboot.image.entry, PHYSICAL + 0x10);
	put_header2(32768 - 24, 32768 - 8);
	read_it();
	CHECK_EQ(multiboot.version, 2);
	version = 1;
	read_it();
	CHECK_EQ(multiboot.version, 1);
	make_elf();
	put_header1(8192 - 8, 3);
	put_header2(HEADER + 4, HEADER + 20);
	read_it();
	CHECK(!is_multiboot);
	put_header1(HEADER, 3);
	file[HEADER + 8]++;			/* its sum */
	read_it();
	CHECK(!is_multiboot);
}

static void what_cannot_be_had_is_refused(void)
{
	make_elf();
	put_header1(HEADER, 1u << 3);
	CHECK(fake_grub_fails(read_it, "more than there is"));
	make_elf();
	put_header2(HEADER, put_tag(HEADER + 16, 11, 0, 8));
	CHECK(fake_grub_fails(read_it, "not known here"));
	put_header2(HEADER, put_tag(HEADER + 16, 11, 1, 8));
	CHECK(!fake_grub_fails(read_it, ""));
	put(HEADER + 24, 99, 4);
	put_header2(HEADER, put_tag(HEADER + 16, 1, 0, 12));
	CHECK(fake_grub_fails(read_it, "unknown kind"));
	put_header2(HEADER, put_tag(HEADER + 16, 1, 1, 12));
	CHECK(!fake_grub_fails(read_it, ""));
	put_header2(HEADER, put_tag(HEADER + 16, 7, 0, 8));
	CHECK(!fake_grub_fails(read_it, ""));
	CHECK(multiboot.needs_boot_services);
}

static void malformed_headers_are_refused(void)
{
	static const struct {
		uint16_t kind;
		uint32_t size;
	} bad[] = { { 1, 7 }, { 1, 0 }, { 2, 23 }, { 3, 11 }, { 10, 23 },
		    { 1, 4096 }, { 1, UINT32_MAX } };
	unsigned int i;

	for (i = 0; i < COUNT_OF(bad); i++) {
		make_elf();
		put_tag(HEADER + 16, bad[i].kind, 1, bad[i].size);
		put_header2(HEADER, HEADER + 48);
		CHECK(fake_grub_fails(read_it, "malformed"));
	}
	make_elf();
	put_header2(HEADER, HEADER + 16);
	put(HEADER + 8, UINT32_MAX, 4);
	put(HEADER + 12, -(0xe85250d6u + UINT32_MAX), 4);
	CHECK(fake_grub_fails(read_it, "malformed"));
	make_elf();
	put_header1(HEADER, 1u << 16);
	file_size = HEADER + 31;		/* within the addresses */
	CHECK(fake_grub_fails(read_it, "malformed"));
}

/* header, load, load_end, bss_end, entry */
static void put_addresses(uint32_t header, uint32_t load, uint32_t load_end,
			  uint32_t bss_end, uint32_t entry)
{
	make_elf();
	file[0] = 0;				/* no ELF */
	put_header1(HEADER, 1u << 16);
	put(HEADER + 12, header, 4);
	put(HEADER + 16, load, 4);
	put(HEADER + 20, load_end, 4);
	put(HEADER + 24, bss_end, 4);
	put(HEADER + 28, entry, 4);
}

static void addresses_are_obeyed(void)
{
	put_addresses(0x200800, 0x200000, 0x203000, 0x205000, 0x200010);
	read_it();
	CHECK_EQ(multiboot.image.pieces[0].offset, 0x800);
	CHECK_EQ(multiboot.image.pieces[0].size, 0x3000);
	CHECK_EQ(multiboot.image.base, 0x200000);
	CHECK_EQ(multiboot.image.end, 0x205000);
	CHECK_EQ(multiboot.image.entry, 0x200010);
	put_addresses(0x200800, 0x200000, 0, 0, 0x200010);
	read_it();
	CHECK_EQ(multiboot.image.pieces[0].size, FILE_SIZE - 0x800);
	put_addresses(0x201000, UINT32_MAX, 0, 0, 0x200010);
	read_it();
	CHECK_EQ(multiboot.image.pieces[0].offset, 0);
	CHECK_EQ(multiboot.image.base, 0x200000);
}

static void contradicting_addresses_are_refused(void)
{
	static const uint32_t bad[][5] = {
		{ 0x200000, 0x200800, 0, 0, 0x200900 },
		{ 0x202000, 0x200000, 0, 0, 0x200010 },
		{ 0x200800, 0x200000, 0x1fffff, 0, 0x200010 },
		{ 0x200800, 0x200000, 0x203000, 0x202fff, 0x200010 },
		{ 0x800, UINT32_MAX, 0, 0, 0x800 },
	};
	unsigned int i;

	for (i = 0; i < COUNT_OF(bad); i++) {
		put_addresses(bad[i][0], bad[i][1], bad[i][2], bad[i][3],
			      bad[i][4]);
		CHECK(fake_grub_fails(read_it, "contradict"));
	}
	put_addresses(0x200800, 0x200000, 0x20a000, 0, 0x200010);
	CHECK(fake_grub_fails(read_it, "cut off"));
	put_addresses(0x200800, 0x200000, 0, 0, 0x1fffff);
	CHECK(fake_grub_fails(read_it, "begins outside"));
	put_addresses(0x200800, 0x200000, 0x203000, 0, 0x203000);
	CHECK(fake_grub_fails(read_it, "begins outside"));
	make_elf();
	file[0] = 0;
	put_header1(HEADER, 0);
	CHECK(fake_grub_fails(read_it, "no ELF"));
}

static void where_else_it_can_be_is_read(void)
{
	make_elf();
	put(HEADER + 24, 0x100000, 4);
	put(HEADER + 28, 0x8000000, 4);
	put(HEADER + 32, 0x200000, 4);
	put(HEADER + 36, 1, 4);
	put_header2(HEADER, put_tag(HEADER + 16, 10, 0, 24));
	read_it();
	CHECK(multiboot.is_relocatable && multiboot.wants_low);
	CHECK_EQ(multiboot.lowest, MIB);
	CHECK_EQ(multiboot.align, 2 * MIB);
	put(HEADER + 32, 3, 4);
	CHECK(fake_grub_fails(read_it, "power of two"));
}

TESTS(
	RUN(an_elf_file_is_read);
	RUN(malformed_elf_files_are_refused);
	RUN(too_many_segments_are_refused);
	RUN(headers_are_found_where_they_may_be);
	RUN(what_cannot_be_had_is_refused);
	RUN(malformed_headers_are_refused);
	RUN(addresses_are_obeyed);
	RUN(contradicting_addresses_are_refused);
	RUN(where_else_it_can_be_is_read);
)
