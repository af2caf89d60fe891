/* SPDX-License-Identifier: BSD-2-Clause */
/* pal pack: write the PAL image of a linked ELF file. */
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "host/file.h"
#include "output_file.h"
#include "pack.h"
#include "pal_host.h"

static const struct option_rule rules[] = {
	{'o', "output", "FILE", "where to write; default: IN with .pal"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal pack [-o OUT.pal] IN.elf",
	.text = "Check a program linked with pal.ld and libpalrt.a, and write "
		"its PAL image.\nThe same program gives the same bytes, "
		"wherever and whenever.\n",
	.options = rules,
	.operand_count = 1,
};

static int write_image(const char *path, const struct elf_image *image)
{
	const struct pal_image_header *header = &image->header;
	char *bytes = calloc(1, header->image_size);
	size_t at = sizeof(*header);
	int status;

	if (!bytes) {
		report("out of memory");
		return EXIT_FAILURE;
	}
	memcpy(bytes, header, sizeof(*header));
	for (uint32_t i = 0; i < header->segment_count; i++) {
		memcpy(bytes + at, image->parts[i], image->part_sizes[i]);
		at += header->segments[i].file_size;
	}
	status = output_file_write(path, bytes, header->image_size);
	free(bytes);
	return status;
}

/* The file's name without folder and ".elf" (at most 255 characters). */
static const char *stem(const char *path, char name[256])
{
	const char *last = strrchr(path, '/');
	size_t length;

	snprintf(name, 256, "%s", last ? last + 1 : path);
	length = strlen(name);
	if (length > 4 && !strcmp(name + length - 4, ".elf"))
		name[length - 4] = '\0';
	return name;
}

int pack_file(const char *in, const char *out, struct elf_error *error)
{
	struct elf_image image;
	char name[256];
	void *bytes;
	size_t size;
	int status;

	if (file_read(in, &bytes, &size)) {
		report("%s", pal_error_text());
		return EXIT_FAILURE;
	}
	status = elf_image_read(bytes, size, stem(in, name), &image, error);
	if (!status)
		status = write_image(out, &image);
	free(bytes);
	return status;
}

static int pack(const char *in, const char *out)
{
	struct elf_error error;
	int status = pack_file(in, out, &error);

	if (status < 0) {
		report("%s: %s", in, error.text);
		status = EXIT_FAILURE;
	}
	return status;
}

int command_pack(int argc, char **argv)
{
	const char *out = NULL;
	char path[4096];
	int length, option;

	while ((option = option_next(argc, argv, &usage)) == 'o')
		out = optarg;
	if (option != OPTION_END)
		return option_exit(option);
	if (out)
		return pack(argv[optind], out);

	length = (int)strnlen(argv[optind], sizeof(path));
	if (length > 4 && !strcmp(argv[optind] + length - 4, ".elf"))
		length -= 4;
	snprintf(path, sizeof(path), "%.*s.pal", length, argv[optind]);
	return pack(argv[optind], path);
}
