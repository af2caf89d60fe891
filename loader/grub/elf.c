/* SPDX-License-Identifier: BSD-2-Clause */
#include "elf.h"

#include <stddef.h>

#include "lib/string.h"
#include "print.h"

#define MAGIC			"\177ELF"
#define LITTLE_ENDIAN_DATA	1
#define CLASS_32		1
#define CLASS_64		2
#define KIND_EXECUTABLE		2
#define KIND_SHARED		3
#define MACHINE_386		3
#define MACHINE_X86_64		62
#define SEGMENT_LOAD		1
#define SECTIONS_MAX		1024u
#define FOUR_GIB		(UINT64_C(1) << 32)

struct identity {
	char magic[4];
	uint8_t class, data, version, rest[9];
	uint16_t kind, machine;
};

struct header32 {
	struct identity identity;
	uint32_t version, entry, segments, sections, flags;
	uint16_t size, segment_size, segment_count;
	uint16_t section_size, section_count, section_names;
};

struct header64 {
	struct identity identity;
	uint32_t version;
	uint64_t entry, segments, sections;
	uint32_t flags;
	uint16_t size, segment_size, segment_count;
	uint16_t section_size, section_count, section_names;
};

struct segment32 {
	uint32_t kind, offset, virtual, physical, file_size, memory_size;
	uint32_t flags, align;
};

struct segment64 {
	uint32_t kind, flags;
	uint64_t offset, virtual, physical, file_size, memory_size, align;
};

/* What both classes say, in the wider form. */
struct program {
	const char *file;
	uint64_t file_size;
	struct header64 header;
	bool has_entry;
};

static void fail_malformed(void)
{
	fail("Palisade: the module 'os' is a malformed or cut off ELF file");
}

bool elf_is_one(const void *file, uint64_t size)
{
	return size >= sizeof(struct header32) && !memcmp(file, MAGIC, 4);
}

static void read_header(struct program *program)
{
	struct header64 *wide = &program->header;
	struct header32 narrow;

	memcpy(&narrow, program->file, sizeof(narrow));
	if (narrow.identity.class == CLASS_64) {
		if (program->file_size < sizeof(*wide))
			fail_malformed();
		memcpy(wide, program->file, sizeof(*wide));
		return;
	}
	*wide = (struct header64){
		.identity = narrow.identity,
		.entry = narrow.entry,
		.segments = narrow.segments,
		.sections = narrow.sections,
		.segment_size = narrow.segment_size,
		.segment_count = narrow.segment_count,
		.section_size = narrow.section_size,
		.section_count = narrow.section_count,
		.section_names = narrow.section_names,
	};
}

static void check_header(const struct program *program)
{
	const struct header64 *header = &program->header;
	const struct identity *identity = &header->identity;
	bool is_64 = identity->class == CLASS_64;

	if (identity->data != LITTLE_ENDIAN_DATA ||
	    identity->machine != (is_64 ? MACHINE_X86_64 : MACHINE_386) ||
	    (identity->class != CLASS_32 && !is_64))
		fail("Palisade: the module 'os' is an ELF file for another "
		     "CPU");
	if (identity->kind != KIND_EXECUTABLE && identity->kind != KIND_SHARED)
		fail("Palisade: the module 'os' is an ELF file, but no "
		     "program");
	if (header->segment_size < (is_64 ? sizeof(struct segment64) :
					    sizeof(struct segment32)))
		fail_malformed();
}

/* Is there a table of so many entries at this place of the file? */
static bool has_table(const struct program *program, uint64_t offset,
		      uint32_t count, uint32_t entry_size)
{
	uint64_t size = (uint64_t)count * entry_size;

	return offset <= program->file_size &&
	       size <= program->file_size - offset;
}

static struct segment64 read_segment(const struct program *program, uint32_t i)
{
	const struct header64 *header = &program->header;
	const char *place = program->file + header->segments +
			    (uint64_t)i * header->segment_size;
	struct segment32 narrow;
	struct segment64 wide;

	if (header->identity.class == CLASS_64) {
		memcpy(&wide, place, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, place, sizeof(narrow));
	return (struct segment64){
		.kind = narrow.kind,
		.offset = narrow.offset,
		.virtual = narrow.virtual,
		.physical = narrow.physical,
		.file_size = narrow.file_size,
		.memory_size = narrow.memory_size,
	};
}

void elf_add(struct elf *elf, uint64_t file_size, struct elf_piece piece,
	     uint64_t room)
{
	if (piece.offset > file_size || piece.size > file_size - piece.offset ||
	    piece.size > room || piece.address >= FOUR_GIB ||
	    room > FOUR_GIB - piece.address)
		fail("Palisade: the module 'os' is cut off, or does not lie "
		     "below 4 GiB");
	if (elf->piece_count == ELF_PIECES_MAX)
		fail("Palisade: the module 'os' has more than %u segments",
		     ELF_PIECES_MAX);
	if (!elf->piece_count || piece.address < elf->base)
		elf->base = piece.address;
	if (!elf->piece_count || piece.address + room > elf->end)
		elf->end = piece.address + room;
	elf->pieces[elf->piece_count++] = piece;
}

static void take_segment(struct elf *elf, struct program *program,
			 const struct segment64 *segment)
{
	uint64_t entry = program->header.entry;

	if (segment->kind != SEGMENT_LOAD || segment->memory_size == 0)
		return;
	elf_add(elf, program->file_size,
		(struct elf_piece){ segment->offset, segment->file_size,
				    segment->physical },
		segment->memory_size);
	if (entry < segment->virtual ||
	    entry - segment->virtual >= segment->memory_size)
		return;
	elf->entry = entry - segment->virtual + segment->physical;
	program->has_entry = true;
}

static void take_sections(struct elf *elf, const struct program *program)
{
	const struct header64 *header = &program->header;

	if (header->section_count == 0)
		return;
	if (header->section_count > SECTIONS_MAX ||
	    header->section_names >= header->section_count ||
	    header->section_size < (elf->is_64 ? 64 : 40) ||
	    !has_table(program, header->sections, header->section_count,
		       header->section_size))
		fail_malformed();
	elf->sections_offset = header->sections;
	elf->section_count = header->section_count;
	elf->section_size = header->section_size;
	elf->section_names = header->section_names;
}

void elf_read(struct elf *elf, const void *file, uint64_t size)
{
	struct program program = { .file = file, .file_size = size };
	uint32_t i;

	memset(elf, 0, sizeof(*elf));
	read_header(&program);
	check_header(&program);
	elf->is_64 = program.header.identity.class == CLASS_64;
	if (!has_table(&program, program.header.segments,
		       program.header.segment_count,
		       program.header.segment_size))
		fail_malformed();
	for (i = 0; i < program.header.segment_count; i++) {
		const struct segment64 segment = read_segment(&program, i);

		take_segment(elf, &program, &segment);
	}
	if (!program.has_entry)
		fail_malformed();
	take_sections(elf, &program);
}
