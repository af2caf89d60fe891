/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of elf_image_read(), one file each. */
#ifndef TOOL_ELF_PARTS_H
#define TOOL_ELF_PARTS_H

#include <libelf.h>
#include "elf_image.h"

struct elf_input {
	Elf *elf;
	unsigned char *bytes;
	size_t size;
	struct elf_error *error;
};

/* Set the error's text; returns -1, always. */
int elf_fail(const struct elf_input *input, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Each returns 0, or -1 with the error set.
 *
 * elf_check_sections	nothing is left for a loader to do: no relocation,
 *			undefined symbol, constructor or thread-local data
 * elf_read_segments	program headers to segments, entry and parts
 * elf_read_meta	options of pal.h to the other fields of the header
 */
int elf_check_sections(const struct elf_input *input);
int elf_read_segments(const struct elf_input *input, struct elf_image *image);
int elf_read_meta(const struct elf_input *input, struct elf_image *image);

/*
 * The section's header and its name, "?" if the file gives none.  Returns 0,
 * or -1 with the error set.
 */
int elf_section(const struct elf_input *input, Elf_Scn *section,
		Elf64_Shdr **header, const char **name);

#endif /* TOOL_ELF_PARTS_H */
