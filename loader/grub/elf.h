/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What of an OS's file goes where in memory; and how an ELF file says so.
 *
 * Addresses are physical and below 4 GiB.  Every number of the file is checked
 * before it is used: pieces lie within the file and within [base, end).
 */
#ifndef GRUB_ELF_H
#define GRUB_ELF_H

#include <stdbool.h>
#include <stdint.h>

#define ELF_PIECES_MAX	16

struct elf_piece {
	uint64_t offset, size;		/* in the file */
	uint64_t address;
};

struct elf {
	struct elf_piece pieces[ELF_PIECES_MAX];
	uint32_t piece_count;
	uint64_t base, end;		/* of all, what is not in the file is 0 */
	uint64_t entry;
	/* The section headers; count 0: none. */
	uint64_t sections_offset;
	uint32_t section_count, section_size, section_names;
	bool is_64;
};

bool elf_is_one(const void *file, uint64_t size);

/* Fails the machine if it is for another CPU, or malformed. */
void elf_read(struct elf *elf, const void *file, uint64_t size);

/*
 * One more piece, `room` bytes long in memory.  Fails the machine if it goes
 * beyond the file or 4 GiB, or there are too many.
 */
void elf_add(struct elf *elf, uint64_t file_size, struct elf_piece piece,
	     uint64_t room);

#endif
