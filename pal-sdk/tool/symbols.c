/* SPDX-License-Identifier: BSD-2-Clause */
/* The symbol table of the ELF file beside an image. */
#include "symbols.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "elf_image.h"
#include "elf_symbols.h"
#include "host/file.h"
#include "pal_host.h"

struct symbols {
	char path[4096];
	void *bytes;
	size_t size;
	Elf *elf;
	struct elf_image image;
	struct elf_symbols found;
};

static bool make_path(const char *image_path, char *path, size_t size)
{
	size_t length = strlen(image_path);

	if (length > 4 && !strcmp(image_path + length - 4, ".pal"))
		length -= 4;
	return (size_t)snprintf(path, size, "%.*s.elf", (int)length,
				image_path) < size;
}

/* Made of this ELF file, apart from what signing and naming may change? */
static bool is_same(const struct elf_image *elf, const unsigned char *image,
		    size_t size)
{
	const struct pal_image_header *header = &elf->header;
	size_t at = PAL_IMAGE_HEADER_SIZE;

	if (size < at || header->image_size > size ||
	    memcmp(image + offsetof(struct pal_image_header, segments),
		   header->segments, sizeof(header->segments)))
		return false;
	for (uint32_t i = 0; i < header->segment_count; i++) {
		if (memcmp(image + at, elf->parts[i], elf->part_sizes[i]))
			return false;
		at += header->segments[i].file_size;
	}
	return true;
}

static const char *judge(struct symbols *symbols, const char *image_path)
{
	struct elf_error error;
	void *image;
	size_t size;
	bool is_good;

	if (elf_image_read(symbols->bytes, symbols->size, "x", &symbols->image,
			   &error))
		return "is no PAL";
	if (file_read(image_path, &image, &size))
		return "has no image beside it";
	is_good = is_same(&symbols->image, image, size);
	free(image);
	if (!is_good)
		return "belongs to another build of the PAL";
	elf_version(EV_CURRENT);
	symbols->elf = elf_memory(symbols->bytes, symbols->size);
	if (!symbols->elf)
		return "cannot be read";
	symbols->found = elf_symbols_find(symbols->elf);
	return symbols->found.count ? NULL : "has no symbols (it was stripped)";
}

struct symbols *symbols_open(const char *image_path, char *why, size_t why_size)
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));
	const char *reason = "out of memory";

	if (symbols &&
	    !make_path(image_path, symbols->path, sizeof(symbols->path)))
		reason = "its path is too long";
	else if (symbols &&
		 file_read(symbols->path, &symbols->bytes, &symbols->size))
		reason = "is not there";
	else if (symbols)
		reason = judge(symbols, image_path);
	if (!reason)
		return symbols;
	snprintf(why, why_size, "%s: %s", symbols ? symbols->path : image_path,
		 reason);
	symbols_close(symbols);
	return NULL;
}

void symbols_close(struct symbols *symbols)
{
	if (!symbols)
		return;
	elf_end(symbols->elf);
	free(symbols->bytes);
	free(symbols);
}

const char *symbols_path(const struct symbols *symbols)
{
	return symbols->path;
}

bool symbols_function(const struct symbols *symbols, uint64_t address,
		      const char **name, uint64_t *offset)
{
	for (size_t i = 0; i < symbols->found.count; i++) {
		const Elf64_Sym *symbol = &symbols->found.table[i];

		if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC ||
		    address - symbol->st_value >= symbol->st_size)
			continue;
		*name = elf_symbols_name(&symbols->found, symbol);
		*offset = address - symbol->st_value;
		return *name != NULL;
	}
	return false;
}

/* size bytes of the image at that address. */
static bool read_image(const struct symbols *symbols, uint64_t address,
		       void *to, size_t size)
{
	const struct elf_image *image = &symbols->image;

	for (uint32_t i = 0; i < image->header.segment_count; i++) {
		uint64_t at = address - image->header.segments[i].base;

		if (address < image->header.segments[i].base ||
		    at > image->part_sizes[i] ||
		    image->part_sizes[i] - at < size)
			continue;
		memcpy(to, image->parts[i] + at, size);
		return true;
	}
	return false;
}

bool symbols_entry(const struct symbols *symbols, uint64_t entry,
		   uint64_t *address)
{
	for (size_t i = 0; i < symbols->found.count; i++) {
		const Elf64_Sym *symbol = &symbols->found.table[i];
		const char *name = elf_symbols_name(&symbols->found, symbol);

		if (name && !strcmp(name, "pal_entries"))
			return entry < symbol->st_size / 8 &&
			       read_image(symbols, symbol->st_value + 8 * entry,
					  address, sizeof(*address));
	}
	return false;
}
