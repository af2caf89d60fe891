/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names in a PAL: from the linked ELF file beside its image, x.elf beside
 * x.pal.  Debug information is left to addr2line and gdb; here is only the
 * symbol table.
 */
#ifndef TOOL_SYMBOLS_H
#define TOOL_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbols;

/*
 * The ELF file beside the PAL image in file `image_path`.  Returns NULL and a
 * sentence in why[why_size] when there is none, or when another image was made
 * of it; else what symbols_close() takes.
 */
struct symbols *symbols_open(const char *image_path, char *why,
			     size_t why_size);
void symbols_close(struct symbols *symbols);

/* The ELF file's path. */
const char *symbols_path(const struct symbols *symbols);

/*
 * The function that has this address: its name, valid until symbols_close(),
 * and how far in.  Returns false if there is none.
 */
bool symbols_function(const struct symbols *symbols, uint64_t address,
		      const char **name, uint64_t *offset);

/*
 * The address of function number `entry` of the PAL (PAL_ENTRIES()).  Returns
 * false if there is none, or the ELF file does not tell.
 */
bool symbols_entry(const struct symbols *symbols, uint64_t entry,
		   uint64_t *address);

#endif /* TOOL_SYMBOLS_H */
