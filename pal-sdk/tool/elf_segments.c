/* SPDX-License-Identifier: BSD-2-Clause */
/* Program headers: which bytes go where, with which access. */
#include <inttypes.h>
#include "abi/hypercall.h"
#include "elf_parts.h"

static uint64_t round_to_pages(uint64_t size)
{
	return (size + PAL_PAGE_SIZE - 1) & ~(uint64_t)(PAL_PAGE_SIZE - 1);
}

static int check_load(const struct elf_input *input, const Elf64_Phdr *load)
{
	if (load->p_flags & PF_W && load->p_flags & PF_X)
		return elf_fail(input,
				"the segment at 0x%" PRIx64 " is "
				"writable and executable: use pal.ld, or "
				"separate its code from its data",
				load->p_vaddr);
	if (load->p_vaddr % PAL_PAGE_SIZE)
		return elf_fail(input,
				"the segment at 0x%" PRIx64 " does not "
				"begin on a page: use pal.ld",
				load->p_vaddr);
	if (load->p_vaddr < PAL_IMAGE_BASE || load->p_vaddr > PAL_IMAGE_END ||
	    load->p_memsz > PAL_IMAGE_END - load->p_vaddr)
		return elf_fail(input,
				"the segment at 0x%" PRIx64 " of 0x%" PRIx64
				" bytes is outside the layout (0x%llx "
				"to 0x%llx): use pal.ld, or make it smaller",
				load->p_vaddr, load->p_memsz, PAL_IMAGE_BASE,
				PAL_IMAGE_END);
	if (load->p_offset > input->size || load->p_filesz > load->p_memsz ||
	    load->p_filesz > input->size - load->p_offset)
		return elf_fail(input,
				"the segment at 0x%" PRIx64 " is cut "
				"off: the file is damaged",
				load->p_vaddr);
	return 0;
}

static uint32_t access_of(const Elf64_Phdr *load)
{
	uint32_t access = PAL_ACCESS_R;

	if (load->p_flags & PF_W)
		access |= PAL_ACCESS_W;
	if (load->p_flags & PF_X)
		access |= PAL_ACCESS_X;
	return access;
}

static int add_load(const struct elf_input *input, const Elf64_Phdr *load,
		    struct elf_image *image)
{
	struct pal_image_header *header = &image->header;
	uint32_t i = header->segment_count;
	uint64_t end = i ? header->segments[i - 1].base +
				       header->segments[i - 1].memory_size
			 : 0;

	if (check_load(input, load))
		return -1;
	if (i == PAL_MAX_SEGMENTS)
		return elf_fail(input, "more than %d segments: use pal.ld",
				PAL_MAX_SEGMENTS);
	if (load->p_vaddr < end)
		return elf_fail(input,
				"the segment at 0x%" PRIx64 " overlaps "
				"the one before, which ends at 0x%" PRIx64,
				load->p_vaddr, end);
	header->segments[i] = (struct pal_image_segment){
		.base = load->p_vaddr,
		.memory_size = round_to_pages(load->p_memsz),
		.file_size = round_to_pages(load->p_filesz),
		.access = access_of(load),
	};
	image->parts[i] = input->bytes + load->p_offset;
	image->part_sizes[i] = load->p_filesz;
	header->image_size += header->segments[i].file_size;
	header->segment_count++;
	return 0;
}

static int add_segment(const struct elf_input *input, const Elf64_Phdr *segment,
		       struct elf_image *image)
{
	switch (segment->p_type) {
	case PT_INTERP:
	case PT_DYNAMIC:
		return elf_fail(input, "dynamically linked; PALs have no "
				       "loader: link with -static");
	case PT_TLS:
		return elf_fail(input,
				"a segment of thread-local variables, "
				"which PALs do not have: use an array indexed "
				"by pal_thread_index()");
	case PT_LOAD:
		return segment->p_memsz ? add_load(input, segment, image) : 0;
	default:
		return 0;
	}
}

static int check_entry(const struct elf_input *input, uint64_t entry,
		       const struct pal_image_header *header)
{
	for (uint32_t i = 0; i < header->segment_count; i++) {
		const struct pal_image_segment *segment = &header->segments[i];

		if (segment->access & PAL_ACCESS_X && entry >= segment->base &&
		    entry - segment->base < segment->file_size)
			return 0;
	}
	return elf_fail(input,
			"the entry point 0x%" PRIx64 " is not in code: "
			"link with libpalrt.a and pal.ld",
			entry);
}

int elf_read_segments(const struct elf_input *input, struct elf_image *image)
{
	const Elf64_Ehdr *header = elf64_getehdr(input->elf);
	const Elf64_Phdr *segments = elf64_getphdr(input->elf);
	size_t count;

	if (!header || !segments || elf_getphdrnum(input->elf, &count))
		return elf_fail(input, "no program headers: not a linked "
				       "program");
	image->header.image_size = PAL_IMAGE_HEADER_SIZE;
	for (size_t i = 0; i < count; i++)
		if (add_segment(input, &segments[i], image))
			return -1;
	if (!image->header.segment_count)
		return elf_fail(input, "nothing to load: not a linked program");
	image->header.entry = header->e_entry;
	return check_entry(input, header->e_entry, &image->header);
}
