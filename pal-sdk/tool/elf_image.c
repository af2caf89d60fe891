/* SPDX-License-Identifier: BSD-2-Clause */
/* ELF to PAL image: the order of the steps, and what kind of file it is. */
#include "elf_image.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "elf_parts.h"
#include "image_check.h"

int elf_fail(const struct elf_input *input, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(input->error->text, sizeof(input->error->text), format, args);
	va_end(args);
	return -1;
}

int elf_section(const struct elf_input *input, Elf_Scn *section,
		Elf64_Shdr **header, const char **name)
{
	size_t strings;

	*header = elf64_getshdr(section);
	if (!*header || elf_getshdrstrndx(input->elf, &strings))
		return elf_fail(input, "damaged section table: %s",
				elf_errmsg(-1));
	*name = elf_strptr(input->elf, strings, (*header)->sh_name);
	if (!*name)
		*name = "?";
	return 0;
}

static int check_kind(const struct elf_input *input)
{
	const unsigned char *ident = input->bytes;
	const Elf64_Ehdr *header;

	if (input->size < EI_NIDENT || memcmp(ident, ELFMAG, SELFMAG))
		return elf_fail(input, "not an ELF file");
	if (ident[EI_CLASS] != ELFCLASS64)
		return elf_fail(input, "not a 64-bit ELF file: compile with "
				       "-m64");
	if (ident[EI_DATA] != ELFDATA2LSB)
		return elf_fail(input, "not a little-endian ELF file");
	header = elf64_getehdr(input->elf);
	if (!header)
		return elf_fail(input, "damaged ELF header: %s",
				elf_errmsg(-1));
	if (header->e_machine != EM_X86_64)
		return elf_fail(input, "for machine %u, not for x86-64",
				header->e_machine);
	if (header->e_type != ET_EXEC)
		return elf_fail(input,
				"ELF type %u is not that of a program "
				"at a fixed address: link with PAL_LDFLAGS and "
				"pal.ld (no -pie, no -shared, no -r)",
				header->e_type);
	/* libelf hands out pointers to these where they lie. */
	if (header->e_phoff % 8 || header->e_shoff % 8)
		return elf_fail(input, "damaged ELF header: unaligned tables");
	return 0;
}

/* PAL_NAME() comes later and replaces it. */
static void set_name(struct pal_image_header *header, const char *name)
{
	size_t length = strnlen(name, sizeof(header->name) - 1);

	for (size_t i = 0; i < length; i++)
		header->name[i] =
			name[i] > ' ' && name[i] <= '~' ? name[i] : '-';
}

static int read_all(const struct elf_input *input, struct elf_image *image)
{
	int reason;

	if (check_kind(input) || elf_check_sections(input) ||
	    elf_read_segments(input, image) || elf_read_meta(input, image))
		return -1;
	reason = image_check_header(&image->header);
	if (reason)
		return elf_fail(input, "the image would be refused: %s",
				image_reason((unsigned int)reason));
	return 0;
}

int elf_image_read(void *bytes, size_t size, const char *default_name,
		   struct elf_image *image, struct elf_error *error)
{
	struct elf_input input = {
		.bytes = bytes,
		.size = size,
		.error = error,
	};
	int status;

	memset(image, 0, sizeof(*image));
	image->header.magic = PAL_IMAGE_MAGIC;
	image->header.version = PAL_IMAGE_VERSION;
	set_name(&image->header, default_name);
	elf_version(EV_CURRENT);
	input.elf = elf_memory(bytes, size);
	if (!input.elf)
		return elf_fail(&input, "not an ELF file: %s", elf_errmsg(-1));
	status = read_all(&input, image);
	elf_end(input.elf);
	return status;
}
