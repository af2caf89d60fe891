/* SPDX-License-Identifier: BSD-2-Clause */
/* pal inspect: what a PAL image holds. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "abi/hypercall.h"
#include "command.h"
#include "hex.h"
#include "image_file.h"
#include "json.h"

static const struct usage usage = {
	.synopsis = "pal inspect [--json] FILE.pal",
	.text = "Show name, options, signer, segments and measurement of a PAL "
		"image.\n",
	.options = option_json_only,
	.operand_count = 1,
};

static const char *access_text(uint32_t access)
{
	if (access & PAL_ACCESS_W)
		return "rw-";
	return access & PAL_ACCESS_X ? "r-x" : "r--";
}

/* Private pages, without tables and the hypervisor's own record of the PAL. */
static uint64_t private_size(const struct pal_image_header *header)
{
	uint64_t size = header->thread_count * header->stack_size;

	for (uint32_t i = 0; i < header->segment_count; i++)
		size += header->segments[i].memory_size;
	return size;
}

static void print_signature(const struct image_file *file)
{
	char signer[97];

	printf("signature         %s\n", image_file_signature_text(file));
	if (!strcmp(image_file_curve_text(file), "none"))
		return;
	hex_write(signer, file->signer, sizeof(file->signer));
	printf("signer            %s, %s\n", signer,
	       image_file_curve_text(file));
}

static void print_text(const struct image_file *file)
{
	const struct pal_image_header *header = &file->header;

	printf("name              %s\n", header->name);
	printf("measurement       %s\n", file->measurement);
	print_signature(file);
	printf("security version  %u\n", header->security_version);
	printf("debug             %s\n", header->flags & PAL_FLAG_DEBUG
						 ? "yes: not for production"
						 : "no");
	printf("threads           %u\n", header->thread_count);
	printf("argument size     %" PRIu64 " bytes\n", header->arg_size);
	printf("stack             %" PRIu64 " bytes a thread, with argument "
	       "buffers\n",
	       header->stack_size);
	printf("private memory    %" PRIu64 " bytes\n", private_size(header));
	printf("image             %" PRIu64 " bytes, %zu more follow\n",
	       header->image_size, file->extra_size);
	printf("entry             0x%" PRIx64 "\n", header->entry);
	for (uint32_t i = 0; i < header->segment_count; i++) {
		const struct pal_image_segment *segment = &header->segments[i];

		printf("segment %-2u        0x%" PRIx64 " %s %" PRIu64
		       " bytes, %" PRIu64 " from the file\n",
		       i, segment->base, access_text(segment->access),
		       segment->memory_size, segment->file_size);
	}
}

static void print_json(const struct image_file *file)
{
	const struct pal_image_header *header = &file->header;
	char signer[97];

	hex_write(signer, file->signer, sizeof(file->signer));
	fputs("{\"name\":", stdout);
	json_string(header->name, sizeof(header->name));
	printf(",\"signature\":\"%s\",\"curve\":\"%s\",\"signer\":\"%s\"",
	       image_file_signature_text(file), image_file_curve_text(file),
	       signer);
	printf(",\"measurement\":\"%s\",\"security_version\":%u,\"debug\":%s,"
	       "\"threads\":%u,\"arg_size\":%" PRIu64 ",\"stack_size\":%" PRIu64
	       ",\"private_size\":%" PRIu64 ",\"image_size\":%" PRIu64
	       ",\"extra_size\":%zu,\"entry\":%" PRIu64 ",\"segments\":[",
	       file->measurement, header->security_version,
	       header->flags & PAL_FLAG_DEBUG ? "true" : "false",
	       header->thread_count, header->arg_size, header->stack_size,
	       private_size(header), header->image_size, file->extra_size,
	       header->entry);
	for (uint32_t i = 0; i < header->segment_count; i++) {
		const struct pal_image_segment *segment = &header->segments[i];

		printf("%s{\"base\":%" PRIu64 ",\"access\":\"%s\","
		       "\"memory_size\":%" PRIu64 ",\"file_size\":%" PRIu64 "}",
		       i ? "," : "", segment->base,
		       access_text(segment->access), segment->memory_size,
		       segment->file_size);
	}
	puts("]}");
}

int command_inspect(int argc, char **argv)
{
	struct image_file file;
	bool as_json;
	int option = option_json(argc, argv, &usage, &as_json);

	if (option != OPTION_END)
		return option_exit(option);
	if (image_file_read(argv[optind], &file))
		return EXIT_FAILURE;
	if (as_json)
		print_json(&file);
	else
		print_text(&file);
	return finish_output();
}
