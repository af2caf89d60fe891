/* SPDX-License-Identifier: BSD-2-Clause */
#include "multiboot.h"

#include <stddef.h>

#include "lib/string.h"
#include "print.h"

#define MAGIC1			0x1badb002u
#define MAGIC2			0xe85250d6u
#define SEARCHED1		8192u	/* bytes of the file */
#define SEARCHED2		32768u
#define FLAG1_ADDRESSES		(1u << 16)
#define FLAGS1_UNKNOWN		0xfff8u	/* of those that must be obeyed */
#define ARCHITECTURE_I386	0
#define INFORMATION_KNOWN	21u	/* kinds of GRUB's, up to this */

#define TAG_END			0
#define TAG_INFORMATION		1
#define TAG_ADDRESSES		2
#define TAG_ENTRY		3
#define TAG_CONSOLE		4
#define TAG_FRAMEBUFFER		5
#define TAG_ALIGN_MODULES	6
#define TAG_BOOT_SERVICES	7
#define TAG_ENTRY_EFI32		8
#define TAG_ENTRY_EFI64		9
#define TAG_RELOCATABLE		10
#define TAG_OPTIONAL		1u
#define PREFERS_LOW		1u

struct header1 {
	uint32_t magic, flags, checksum;
};

struct header2 {
	uint32_t magic, architecture, length, checksum;
};

/* "Address fields": for files that are not ELF. */
struct addresses {
	uint32_t header, load, load_end, bss_end;
};

struct tag {
	uint16_t kind, flags;
	uint32_t size;
};

struct relocatable {
	uint32_t lowest, highest, align, preference;
};

/* The file, and what its header said so far. */
struct reading {
	const char *file;
	uint64_t size;
	uint64_t header;		/* offset */
	bool has_addresses, has_entry;
	struct addresses addresses;
	uint32_t entry;
};

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool find_header1(struct reading *reading)
{
	struct header1 header;
	uint64_t end = least(reading->size, SEARCHED1);
	uint64_t at;

	for (at = 0; at + sizeof(header) <= end; at += 4) {
		memcpy(&header, reading->file + at, sizeof(header));
		if (header.magic != MAGIC1 ||
		    header.magic + header.flags + header.checksum != 0)
			continue;
		reading->header = at;
		return true;
	}
	return false;
}

static bool find_header2(struct reading *reading)
{
	struct header2 header;
	uint64_t end = least(reading->size, SEARCHED2);
	uint64_t at;

	for (at = 0; at + sizeof(header) <= end; at += 8) {
		memcpy(&header, reading->file + at, sizeof(header));
		if (header.magic != MAGIC2 ||
		    header.magic + header.architecture + header.length +
		    header.checksum != 0 ||
		    header.architecture != ARCHITECTURE_I386)
			continue;
		if (header.length < sizeof(header) || header.length > end - at)
			fail("Palisade: the module 'os' has a malformed "
			     "Multiboot2 header");
		reading->header = at;
		return true;
	}
	return false;
}

static void read_header1(struct reading *reading)
{
	const char *place = reading->file + reading->header;
	struct header1 header;
	uint64_t end;

	memcpy(&header, place, sizeof(header));
	if (header.flags & FLAGS1_UNKNOWN)
		fail("Palisade: the module 'os' asks Multiboot for more than "
		     "there is: flags 0x%x", header.flags);
	if (!(header.flags & FLAG1_ADDRESSES))
		return;
	end = sizeof(header) + sizeof(reading->addresses) +
	      sizeof(reading->entry);
	if (end > reading->size - reading->header)
		fail("Palisade: the module 'os' has a malformed Multiboot "
		     "header");
	place += sizeof(header);
	memcpy(&reading->addresses, place, sizeof(reading->addresses));
	place += sizeof(reading->addresses);
	memcpy(&reading->entry, place, sizeof(reading->entry));
	reading->has_addresses = true;
	reading->has_entry = true;
}

/* Every kind of information that it cannot do without is one GRUB has. */
static void check_wishes(const char *list, uint64_t size)
{
	uint64_t at;
	uint32_t kind;

	for (at = 0; at + sizeof(kind) <= size; at += sizeof(kind)) {
		memcpy(&kind, list + at, sizeof(kind));
		if (kind > INFORMATION_KNOWN)
			fail("Palisade: the module 'os' asks for information "
			     "of an unknown kind (%u)", kind);
	}
}

static uint32_t least_size(uint16_t kind)
{
	switch (kind) {
	case TAG_ADDRESSES:
		return sizeof(struct tag) + sizeof(struct addresses);
	case TAG_ENTRY:
		return sizeof(struct tag) + sizeof(uint32_t);
	case TAG_RELOCATABLE:
		return sizeof(struct tag) + sizeof(struct relocatable);
	}
	return sizeof(struct tag);
}

static void take_relocatable(struct multiboot *multiboot, const char *place)
{
	struct relocatable relocatable;

	memcpy(&relocatable, place, sizeof(relocatable));
	if (relocatable.align & (relocatable.align - 1))
		fail("Palisade: the module 'os' wants an alignment that is no "
		     "power of two");
	multiboot->is_relocatable = true;
	multiboot->wants_low = relocatable.preference == PREFERS_LOW;
	multiboot->lowest = relocatable.lowest;
	multiboot->highest = relocatable.highest;
	multiboot->align = relocatable.align ? relocatable.align : 1;
}

static void take_tag(struct multiboot *multiboot, struct reading *reading,
		     const struct tag *tag, const char *place)
{
	bool is_optional = tag->flags & TAG_OPTIONAL;

	switch (tag->kind) {
	case TAG_INFORMATION:
		if (!is_optional)
			check_wishes(place, tag->size - sizeof(*tag));
		break;
	case TAG_ADDRESSES:
		memcpy(&reading->addresses, place, sizeof(reading->addresses));
		reading->has_addresses = true;
		break;
	case TAG_ENTRY:
		memcpy(&reading->entry, place, sizeof(reading->entry));
		reading->has_entry = true;
		break;
	case TAG_CONSOLE:
	case TAG_FRAMEBUFFER:		/* GRUB has chosen one for us */
	case TAG_ALIGN_MODULES:		/* they are */
	case TAG_ENTRY_EFI32:		/* only with boot services */
	case TAG_ENTRY_EFI64:
		break;
	case TAG_BOOT_SERVICES:
		multiboot->needs_boot_services |= !is_optional;
		break;
	case TAG_RELOCATABLE:
		take_relocatable(multiboot, place);
		break;
	default:
		if (!is_optional)
			fail("Palisade: the module 'os' asks Multiboot2 for "
			     "what is not known here (tag %u)", tag->kind);
	}
}

static void read_header2(struct multiboot *multiboot, struct reading *reading)
{
	const char *place = reading->file + reading->header;
	struct header2 header;
	struct tag tag;
	uint64_t at;

	memcpy(&header, place, sizeof(header));
	for (at = sizeof(header); at + sizeof(tag) <= header.length;) {
		memcpy(&tag, place + at, sizeof(tag));
		if (tag.kind == TAG_END)
			break;
		if (tag.size < least_size(tag.kind) ||
		    tag.size > header.length - at)
			fail("Palisade: the module 'os' has a malformed "
			     "Multiboot2 header");
		take_tag(multiboot, reading, &tag, place + at + sizeof(tag));
		at += ((uint64_t)tag.size + 7) & ~UINT64_C(7);
	}
}

static void fail_addresses(void)
{
	fail("Palisade: the module 'os' has a Multiboot header whose addresses "
	     "contradict each other, or its file");
}

/* The file as it is, from some offset on; then zeros. */
static void take_addresses(struct elf *image, const struct reading *reading)
{
	struct addresses addresses = reading->addresses;
	uint64_t offset, size, room;

	if (addresses.load == UINT32_MAX)	/* the whole file */
		addresses.load = addresses.header - (uint32_t)reading->header;
	if (addresses.load > addresses.header || !reading->has_entry ||
	    addresses.header - addresses.load > reading->header)
		fail_addresses();
	offset = reading->header - (addresses.header - addresses.load);
	size = reading->size - offset;
	if (addresses.load_end) {
		if (addresses.load_end < addresses.load)
			fail_addresses();
		size = addresses.load_end - addresses.load;
	}
	room = size;
	if (addresses.bss_end) {
		if (addresses.bss_end < addresses.load + size)
			fail_addresses();
		room = addresses.bss_end - addresses.load;
	}
	memset(image, 0, sizeof(*image));
	elf_add(image, reading->size,
		(struct elf_piece){ offset, size, addresses.load }, room);
}

static void take_image(struct multiboot *multiboot,
		       const struct reading *reading)
{
	struct elf *image = &multiboot->image;

	if (reading->has_addresses)
		take_addresses(image, reading);
	else if (elf_is_one(reading->file, reading->size))
		elf_read(image, reading->file, reading->size);
	else
		fail("Palisade: the module 'os' is no ELF file, and its "
		     "Multiboot header has no addresses");
	if (reading->has_entry)
		image->entry = reading->entry;
	if (image->entry < image->base || image->entry >= image->end)
		fail("Palisade: the module 'os' begins outside itself, at 0x%lx",
		     image->entry);
}

bool multiboot_read(struct multiboot *multiboot, const void *file,
		    uint64_t size, uint32_t version)
{
	struct reading reading = { .file = file, .size = size };

	memset(multiboot, 0, sizeof(*multiboot));
	if (version != 1 && find_header2(&reading)) {
		multiboot->version = 2;
		read_header2(multiboot, &reading);
	} else if (version != 2 && find_header1(&reading)) {
		multiboot->version = 1;
		read_header1(&reading);
	} else {
		return false;
	}
	take_image(multiboot, &reading);
	return true;
}
