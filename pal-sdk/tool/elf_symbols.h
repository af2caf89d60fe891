/* SPDX-License-Identifier: BSD-2-Clause */
/* The symbol table of an ELF file. */
#ifndef TOOL_ELF_SYMBOLS_H
#define TOOL_ELF_SYMBOLS_H

#include <libelf.h>
#include <stddef.h>

struct elf_symbols {
	Elf *elf;
	const Elf64_Sym *table;
	size_t count; /* 0: it was stripped */
	size_t strings; /* section number of the names */
};

/* Valid until elf_end(). */
struct elf_symbols elf_symbols_find(Elf *elf);

/* NULL if the file gives none. */
const char *elf_symbols_name(const struct elf_symbols *symbols,
			     const Elf64_Sym *symbol);

#endif /* TOOL_ELF_SYMBOLS_H */
