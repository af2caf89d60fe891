/* SPDX-License-Identifier: BSD-2-Clause */
#include "elf_symbols.h"

struct elf_symbols elf_symbols_find(Elf *elf)
{
	struct elf_symbols symbols = {.elf = elf};
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section))) {
		const Elf64_Shdr *header = elf64_getshdr(section);
		const Elf_Data *data;

		if (!header || header->sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(section, NULL);
		if (!data || !data->d_buf)
			continue;
		symbols.table = data->d_buf;
		symbols.count = data->d_size / sizeof(Elf64_Sym);
		symbols.strings = header->sh_link;
	}
	return symbols;
}

const char *elf_symbols_name(const struct elf_symbols *symbols,
			     const Elf64_Sym *symbol)
{
	return elf_strptr(symbols->elf, symbols->strings, symbol->st_name);
}
