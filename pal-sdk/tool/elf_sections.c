/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What would need a loader.  A PAL image is copied to its address and started,
 * nothing more, so each of these is an error here and not a surprise there.
 */
#include <gelf.h>
#include <stdbool.h>
#include <string.h>
#include "elf_parts.h"

static bool is_constructor_list(const Elf64_Shdr *header, const char *name)
{
	if (!header->sh_size)
		return false;
	return header->sh_type == SHT_INIT_ARRAY ||
	       header->sh_type == SHT_FINI_ARRAY ||
	       header->sh_type == SHT_PREINIT_ARRAY ||
	       !strncmp(name, ".ctors", 6) || !strncmp(name, ".dtors", 6) ||
	       !strncmp(name, ".init_array", 11);
}

static int check_section(const struct elf_input *input,
			 const Elf64_Shdr *header, const char *name)
{
	if ((header->sh_type == SHT_REL || header->sh_type == SHT_RELA) &&
	    header->sh_size)
		return elf_fail(input,
				"section %s holds relocations, and "
				"nobody relocates a PAL: link with PAL_LDFLAGS "
				"(no -r, no -q, no -pie)",
				name);
	if (header->sh_type == SHT_DYNAMIC)
		return elf_fail(input,
				"section %s: dynamically linked; PALs "
				"have no loader: link with -static",
				name);
	if (is_constructor_list(header, name))
		return elf_fail(input,
				"section %s: constructors or "
				"destructors, which nobody calls in a PAL: "
				"initialize in an entry function",
				name);
	if (header->sh_flags & SHF_TLS)
		return elf_fail(input,
				"section %s: thread-local variables, "
				"which PALs do not have: use an array indexed "
				"by pal_thread_index()",
				name);
	return 0;
}

/* A weak reference may stay undefined: it reads as 0. */
static bool is_undefined(const GElf_Sym *symbol)
{
	return symbol->st_shndx == SHN_UNDEF && symbol->st_name &&
	       GELF_ST_BIND(symbol->st_info) != STB_WEAK;
}

static int check_symbols(const struct elf_input *input, Elf_Scn *section,
			 const Elf64_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t count;

	if (!data)
		return elf_fail(input, "damaged symbol table: %s",
				elf_errmsg(-1));
	count = data->d_size / sizeof(Elf64_Sym);
	for (size_t i = 1; i < count && i <= INT32_MAX; i++) {
		const char *name;
		GElf_Sym symbol;

		if (!gelf_getsym(data, (int)i, &symbol))
			return elf_fail(input, "damaged symbol table: %s",
					elf_errmsg(-1));
		if (!is_undefined(&symbol))
			continue;
		name = elf_strptr(input->elf, header->sh_link, symbol.st_name);
		return elf_fail(input,
				"symbol %.80s is undefined: a function "
				"that PALs do not have, or a source or library "
				"missing from the link",
				name ? name : "?");
	}
	return 0;
}

int elf_check_sections(const struct elf_input *input)
{
	Elf_Scn *section = NULL;
	Elf64_Shdr *header;
	const char *name;

	while ((section = elf_nextscn(input->elf, section))) {
		if (elf_section(input, section, &header, &name) ||
		    check_section(input, header, name))
			return -1;
		if (header->sh_type == SHT_SYMTAB &&
		    check_symbols(input, section, header))
			return -1;
	}
	return 0;
}
