/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of a PAL, from section .pal.meta. */
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include "elf_parts.h"
#include "pal.h"

/* All options, at their defaults until a record says otherwise. */
struct options {
	uint64_t value[PAL_META_KINDS];
	bool is_given[PAL_META_KINDS];
	char name[PAL_META_TEXT_SIZE];
};

/* The content of the section, or NULL with the error set. */
static Elf_Data *find(const struct elf_input *input)
{
	Elf_Scn *section = NULL;
	Elf64_Shdr *header;
	const char *name;

	while ((section = elf_nextscn(input->elf, section))) {
		Elf_Data *data;

		if (elf_section(input, section, &header, &name))
			return NULL;
		if (strcmp(name, PAL_META_SECTION))
			continue;
		data = header->sh_type == SHT_NOBITS
			       ? NULL
			       : elf_rawdata(section, NULL);
		if (!data || !data->d_buf || !data->d_size)
			break;
		return data;
	}
	elf_fail(input, "no section " PAL_META_SECTION ": not a PAL; its "
			"source needs PAL_ENTRIES() of pal.h, its link pal.ld");
	return NULL;
}

static int take(const struct elf_input *input, const struct pal_meta *record,
		struct options *options)
{
	uint32_t kind = record->kind;

	if (record->magic != PAL_META_MAGIC || kind >= PAL_META_KINDS ||
	    record->reserved[0] || record->reserved[1])
		return elf_fail(input,
				"section " PAL_META_SECTION " has a "
				"record of another version: compile with the "
				"pal.h that came with this tool");
	if (options->is_given[kind])
		return elf_fail(input, "option %u of pal.h is given twice",
				kind);
	options->is_given[kind] = true;
	options->value[kind] = record->value;
	if (kind == PAL_META_NAME)
		memcpy(options->name, record->text, sizeof(options->name));
	return 0;
}

static int take_all(const struct elf_input *input, struct options *options)
{
	const Elf_Data *data = find(input);
	const unsigned char *bytes;
	struct pal_meta record;

	if (!data)
		return -1;
	if (data->d_size % sizeof(record))
		return elf_fail(input, "section " PAL_META_SECTION " is not a "
				       "list of pal.h's options");
	bytes = data->d_buf;
	for (size_t at = 0; at < data->d_size; at += sizeof(record)) {
		memcpy(&record, bytes + at, sizeof(record));
		if (take(input, &record, options))
			return -1;
	}
	if (!options->value[PAL_META_ENTRIES])
		return elf_fail(input, "the PAL has no functions: list them "
				       "with PAL_ENTRIES()");
	return 0;
}

/* Stack of the functions and argument buffers share one range. */
static int set_sizes(const struct elf_input *input,
		     const struct options *options,
		     struct pal_image_header *header)
{
	uint64_t arg_size = options->value[PAL_META_ARG_SIZE];
	uint64_t stack_size = options->value[PAL_META_STACK_SIZE];

	if (!arg_size || arg_size % PAL_PAGE_SIZE)
		return elf_fail(input,
				"PAL_ARG_SIZE is %" PRIu64 ", not whole "
				"pages of %d bytes",
				arg_size, PAL_PAGE_SIZE);
	if (!stack_size || stack_size > PAL_STACK_MAX ||
	    arg_size > PAL_STACK_MAX / 2 ||
	    stack_size > PAL_STACK_MAX - 2 * arg_size)
		return elf_fail(input,
				"PAL_STACK_SIZE %" PRIu64 " and 2 times "
				"PAL_ARG_SIZE %" PRIu64 " must not be 0 nor "
				"together exceed %llu bytes",
				stack_size, arg_size, PAL_STACK_MAX);
	if (header->flags & PAL_FLAG_PEER && arg_size > PAL_PEER_SIZE_MAX)
		return elf_fail(input,
				"PAL_ARG_SIZE %" PRIu64 " is above %u, the "
				"most for PAL_ACCEPTS_PEERS",
				arg_size, PAL_PEER_SIZE_MAX);
	header->arg_size = arg_size;
	header->stack_size = (stack_size + 2 * arg_size + PAL_PAGE_SIZE - 1) /
			     PAL_PAGE_SIZE * PAL_PAGE_SIZE;
	return 0;
}

static bool is_name(const char *name)
{
	size_t length = 0;

	while (name[length] > ' ' && name[length] <= '~')
		length++;
	return length && !name[length];
}

static int set_fields(const struct elf_input *input,
		      const struct options *options,
		      struct pal_image_header *header)
{
	uint64_t threads = options->value[PAL_META_THREADS];
	uint64_t version = options->value[PAL_META_SECURITY_VERSION];

	if (!threads || threads > PAL_MAX_THREADS)
		return elf_fail(input, "PAL_THREADS is %" PRIu64 ", not 1..%d",
				threads, PAL_MAX_THREADS);
	if (version > UINT32_MAX)
		return elf_fail(input, "PAL_SECURITY_VERSION is above %u",
				UINT32_MAX);
	header->thread_count = (uint32_t)threads;
	header->security_version = (uint32_t)version;
	if (options->is_given[PAL_META_DEBUG])
		header->flags |= PAL_FLAG_DEBUG;
	if (options->is_given[PAL_META_PEERS])
		header->flags |= PAL_FLAG_PEER;
	if (options->is_given[PAL_META_NAME] && !is_name(options->name))
		return elf_fail(input,
				"PAL_NAME(\"%.31s\"): a name has 1 to 31 "
				"printable ASCII characters and no blanks",
				options->name);
	if (options->is_given[PAL_META_NAME])
		memcpy(header->name, options->name, sizeof(header->name));
	return set_sizes(input, options, header);
}

int elf_read_meta(const struct elf_input *input, struct elf_image *image)
{
	struct options options = {
		.value =
			{
				[PAL_META_THREADS] = 1,
				[PAL_META_STACK_SIZE] = PAL_DEFAULT_STACK_SIZE,
				[PAL_META_ARG_SIZE] = PAL_DEFAULT_ARG_SIZE,
			},
	};

	_Static_assert(sizeof(options.name) == sizeof(image->header.name),
		       "PAL_NAME fits the header");
	if (take_all(input, &options))
		return -1;
	return set_fields(input, &options, &image->header);
}
