/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * elf_image_read() on a good file, on the same file with one thing changed, on
 * files that the linker made wrong, and on random damage.
 * Usage: test_pack FOLDER (with the .elf files)
 */
#include <elf.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "abi/hypercall.h"
#include "host/file.h"
#include "tap.h"
#include "tool/elf_image.h"
#include "tool/image_check.h"

static const char *folder;
static unsigned char *good;
static size_t good_size;
static struct elf_error error;

static void *read_elf(const char *name, size_t *size)
{
	char path[512];
	void *bytes;

	snprintf(path, sizeof(path), "%s/%s.elf", folder, name);
	if (file_read(path, &bytes, size)) {
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	return bytes;
}

static int read_image(void *bytes, size_t size)
{
	struct elf_image image;

	error.text[0] = '\0';
	return elf_image_read(bytes, size, "file", &image, &error);
}

static void a_good_file_gives_what_its_source_says(void)
{
	struct elf_image image;
	const struct pal_image_header *header = &image.header;

	CHECK(!elf_image_read(good, good_size, "file", &image, &error));
	CHECK(!image_check_header(header));
	CHECK(!strcmp(header->name, "good") && header->thread_count == 3);
	CHECK(header->arg_size == 8192 && header->security_version == 7);
	CHECK(header->stack_size == 8192 + 2 * 8192);
	CHECK(header->flags == PAL_FLAG_DEBUG);
	CHECK(header->entry == PAL_IMAGE_BASE && header->segment_count == 3);
	CHECK(header->segments[0].access == (PAL_ACCESS_R | PAL_ACCESS_X));
	CHECK(header->segments[1].access == PAL_ACCESS_R);
	CHECK(header->segments[2].access == (PAL_ACCESS_R | PAL_ACCESS_W));
	CHECK(header->segments[2].memory_size >= 10000);
}

/* A copy of the good file, its header and its program headers. */
struct damaged {
	unsigned char *bytes;
	Elf64_Ehdr *header;
	Elf64_Phdr *segments;
};

static struct damaged copy_good(void)
{
	struct damaged copy = {.bytes = malloc(good_size)};

	memcpy(copy.bytes, good, good_size);
	copy.header = (Elf64_Ehdr *)copy.bytes;
	copy.segments = (Elf64_Phdr *)(copy.bytes + copy.header->e_phoff);
	return copy;
}

#define REFUSED(change, words)                                                 \
	do {                                                                   \
		struct damaged elf = copy_good();                              \
                                                                               \
		change;                                                        \
		CHECK(read_image(elf.bytes, good_size) == -1);                 \
		CHECK(strstr(error.text, words));                              \
		if (!strstr(error.text, words))                                \
			printf("# said: %s\n", error.text);                    \
		free(elf.bytes);                                               \
	} while (0)

static void another_kind_of_file_is_refused(void)
{
	char text[] = "#!/bin/sh and more than sixteen bytes";

	CHECK(read_image(text, sizeof(text)) == -1);
	CHECK(strstr(error.text, "not an ELF file"));
	CHECK(read_image(text, 0) == -1);
	REFUSED(elf.bytes[EI_CLASS] = ELFCLASS32, "64-bit");
	REFUSED(elf.bytes[EI_DATA] = ELFDATA2MSB, "little-endian");
	REFUSED(elf.header->e_machine = EM_386, "x86-64");
	REFUSED(elf.header->e_type = ET_DYN, "fixed address");
	REFUSED(elf.header->e_type = ET_REL, "fixed address");
	REFUSED(elf.header->e_phnum = 0, "program headers");
}

static void wrong_segments_are_refused(void)
{
	REFUSED(elf.segments[0].p_flags = PF_R | PF_W | PF_X,
		"writable and executable");
	REFUSED(elf.segments[1].p_vaddr += 16, "on a page");
	REFUSED(elf.segments[0].p_vaddr = 0x400000, "outside the layout");
	REFUSED(elf.segments[2].p_vaddr = PAL_IMAGE_END, "outside the layout");
	REFUSED(elf.segments[2].p_memsz = UINT64_MAX, "outside the layout");
	REFUSED(elf.segments[1].p_vaddr = elf.segments[0].p_vaddr, "overlaps");
	REFUSED(elf.segments[0].p_offset = UINT64_MAX, "cut off");
	REFUSED(elf.segments[0].p_filesz = good_size, "cut off");
	REFUSED(elf.segments[3].p_type = PT_INTERP, "-static");
	REFUSED(elf.segments[3].p_type = PT_DYNAMIC, "-static");
	REFUSED(elf.segments[3].p_type = PT_TLS, "thread-local");
	REFUSED(elf.header->e_entry = 0, "entry point");
	REFUSED(elf.header->e_entry = elf.segments[2].p_vaddr, "entry point");
}

/* Section headers by their type or flags. */
static Elf64_Shdr *section_of_type(const struct damaged *elf, uint32_t type)
{
	Elf64_Shdr *sections =
		(Elf64_Shdr *)(elf->bytes + elf->header->e_shoff);

	for (int i = 1; i < elf->header->e_shnum; i++)
		if (sections[i].sh_type == type)
			return &sections[i];
	return &sections[0];
}

/* The options: found by their magic number, as no segment holds them. */
static unsigned char *options(const struct damaged *elf)
{
	static const unsigned char magic[] = "PAM1";

	for (size_t i = 0; i + 64 < good_size; i += 4)
		if (!memcmp(elf->bytes + i, magic, 4))
			return elf->bytes + i;
	return elf->bytes;
}

/* The option of that kind, of the 7 that good_pal.c gives. */
static unsigned char *option(const struct damaged *elf, unsigned char kind)
{
	unsigned char *record = options(elf);

	for (int i = 0; i < 7 && record[4] != kind; i++)
		record += 64;
	return record;
}

static void damaged_sections_and_options_are_refused(void)
{
	REFUSED(section_of_type(&elf, SHT_SYMTAB)->sh_type = SHT_DYNAMIC,
		"-static");
	REFUSED(section_of_type(&elf, SHT_SYMTAB)->sh_type = SHT_RELA,
		"relocations");
	REFUSED(section_of_type(&elf, SHT_NOBITS)->sh_flags |= SHF_TLS,
		"thread-local");
	REFUSED(section_of_type(&elf, SHT_NOBITS)->sh_type = SHT_INIT_ARRAY,
		"constructors");
	REFUSED(options(&elf)[0] ^= 1, "another version");
	REFUSED(options(&elf)[4] = 99, "another version");
	REFUSED(options(&elf)[4] = options(&elf)[68], "given twice");
	REFUSED(option(&elf, 0)[8] = 0, "no functions");
	REFUSED(option(&elf, 2)[8] = 65, "PAL_THREADS");
	REFUSED(option(&elf, 3)[10] = 0x20, "PAL_STACK_SIZE");
	REFUSED(option(&elf, 4)[8] = 1, "PAL_ARG_SIZE");
	REFUSED(option(&elf, 4)[15] = 0x80, "PAL_ARG_SIZE");
	REFUSED(option(&elf, 5)[12] = 1, "PAL_SECURITY_VERSION");
	REFUSED(option(&elf, 1)[16] = ' ', "no blanks");
}

static void linked_wrong(const char *name, const char *words)
{
	size_t size;
	void *bytes = read_elf(name, &size);

	CHECK(read_image(bytes, size) == -1);
	CHECK(strstr(error.text, words));
	if (!strstr(error.text, words))
		printf("# %s: said: %s\n", name, error.text);
	free(bytes);
}

static void what_needs_a_loader_is_refused(void)
{
	linked_wrong("bad_constructor", "constructors");
	linked_wrong("bad_thread_local", "thread-local");
	linked_wrong("bad_undefined", "open_file is undefined");
	linked_wrong("bad_large", "outside the layout");
	linked_wrong("bad_relocations", "holds relocations");
	linked_wrong("bad_no_options", "PAL_ENTRIES()");
	linked_wrong("bad_program", "");
}

static void a_cut_off_file_is_refused_at_every_length(void)
{
	for (size_t size = 0; size < good_size; size += 499) {
		void *part = malloc(size ? size : 1);

		memcpy(part, good, size);
		CHECK(read_image(part, size) == -1 && *error.text);
		free(part);
	}
}

/* Where damage is interesting: all headers, and the section of options. */
static size_t random_place(const Elf64_Ehdr *header)
{
	size_t span = header->e_shnum * sizeof(Elf64_Shdr);

	switch (rand() % 3) {
	case 0:
		return (size_t)rand() % (64 + 4 * sizeof(Elf64_Phdr));
	case 1:
		return header->e_shoff + (size_t)rand() % span;
	default:
		return (size_t)rand() % good_size;
	}
}

/* Reads every byte that would be written: the sanitizer watches. */
static unsigned int sum_of_parts(const struct elf_image *image)
{
	unsigned int sum = 0;

	for (uint32_t i = 0; i < image->header.segment_count; i++)
		for (size_t at = 0; at < image->part_sizes[i]; at++)
			sum += image->parts[i][at];
	return sum;
}

static void random_damage_never_breaks_the_reader(void)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)good;
	unsigned int sum = 0;
	struct elf_image image;

	srand(2);
	for (int round = 0; round < 20000; round++) {
		struct damaged elf = copy_good();

		for (int change = rand() % 4; change >= 0; change--)
			elf.bytes[random_place(header)] = (unsigned char)rand();
		if (!elf_image_read(elf.bytes, good_size, "file", &image,
				    &error)) {
			CHECK(!image_check_header(&image.header));
			sum += sum_of_parts(&image);
		} else {
			CHECK(*error.text);
		}
		free(elf.bytes);
	}
	/* Says something that depends on every byte read. */
	printf("# sum of all parts: %u\n", sum);
}

int main(int argc, char **argv)
{
	folder = argc > 1 ? argv[1] : ".";
	good = read_elf("good", &good_size);
	RUN(a_good_file_gives_what_its_source_says);
	RUN(another_kind_of_file_is_refused);
	RUN(wrong_segments_are_refused);
	RUN(damaged_sections_and_options_are_refused);
	RUN(what_needs_a_loader_is_refused);
	RUN(a_cut_off_file_is_refused_at_every_length);
	RUN(random_damage_never_breaks_the_reader);
	free(good);
	return TAP_END();
}
