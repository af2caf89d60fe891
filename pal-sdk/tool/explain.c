/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The relocations that the linker kept say who uses what; addr2line, where that
 * is in the source.
 */
#include "explain.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "advice.h"
#include "command.h"
#include "elf_symbols.h"
#include "host/file.h"
#include "words.h"

struct program {
	const char *path;
	const char *source;
	Elf *elf;
	struct elf_symbols symbols;
	bool *was_told; /* for each symbol */
	unsigned int told_count;
};

static const char *name_of(const struct program *program,
			   const Elf64_Sym *symbol)
{
	const char *name = elf_symbols_name(&program->symbols, symbol);

	return name && *name ? name : "?";
}

/* "key.c:12", or the source's name. */
static void find_place(const struct program *program, uint64_t address,
		       char *place, size_t size)
{
	struct words question = {0};
	char *colon;
	int status;

	words_add(&question, "addr2line");
	words_add(&question, "-e");
	words_add(&question, "%s", program->path);
	words_add(&question, "0x%" PRIx64, address);
	status = words_ask(&question, place, size);
	words_free(&question);
	colon = status ? NULL : strrchr(place, ':');
	if (!colon || place[0] == '?') {
		snprintf(place, size, "%s", program->source);
		return;
	}
	/* "././key.c:12 (discriminator 3)", or "key.c:?" without -g */
	colon[colon[1] == '?' ? 0 : 1 + strspn(colon + 1, "0123456789")] = '\0';
	while (!strncmp(place, "./", 2))
		memmove(place, place + 2, strlen(place + 2) + 1);
}

/* Once for each symbol, at its first use. */
static void tell(struct program *program, const Elf64_Rela *use)
{
	size_t index = ELF64_R_SYM(use->r_info);
	const Elf64_Sym *symbol = &program->symbols.table[index];
	const char *name = name_of(program, symbol);
	char place[4096];

	program->was_told[index] = true;
	if (!strcmp(name, "pal_entry_count"))
		return;
	program->told_count++;
	if (!strcmp(name, "pal_entries")) {
		report("%s: the PAL has no functions: list them with "
		       "PAL_FUNCTIONS() or PAL_ENTRIES() of pal.h",
		       program->source);
		return;
	}
	find_place(program, use->r_offset, place, sizeof(place));
	if (symbol->st_shndx == SHN_UNDEF)
		report("%s: PALs do not have %s: %s", place, name,
		       advice_for(name));
	else
		report("%s: thread-local variable %s: PALs have none; use an "
		       "array indexed by pal_thread_index()",
		       place, name);
}

/* The list holds the address of the function to be called. */
static void tell_constructor(struct program *program, const Elf64_Rela *use)
{
	const Elf64_Sym *symbol =
		&program->symbols.table[ELF64_R_SYM(use->r_info)];
	uint64_t address = symbol->st_value + (uint64_t)use->r_addend;
	const char *name = "this";
	char place[4096];

	for (size_t i = 1; i < program->symbols.count; i++)
		if (ELF64_ST_TYPE(program->symbols.table[i].st_info) ==
			    STT_FUNC &&
		    program->symbols.table[i].st_value == address)
			name = name_of(program, &program->symbols.table[i]);
	find_place(program, address, place, sizeof(place));
	report("%s: %s is a constructor or destructor, which nobody calls in a "
	       "PAL: call it from the PAL's functions",
	       place, name);
	program->told_count++;
}

static bool is_missing(const Elf64_Sym *symbol)
{
	return (symbol->st_shndx == SHN_UNDEF && symbol->st_name &&
		ELF64_ST_BIND(symbol->st_info) != STB_WEAK) ||
	       ELF64_ST_TYPE(symbol->st_info) == STT_TLS;
}

static void judge_use(struct program *program, const Elf64_Shdr *where,
		      const Elf64_Rela *use)
{
	size_t index = ELF64_R_SYM(use->r_info);

	if (!index || index >= program->symbols.count)
		return;
	if (where->sh_type == SHT_INIT_ARRAY ||
	    where->sh_type == SHT_FINI_ARRAY ||
	    where->sh_type == SHT_PREINIT_ARRAY)
		tell_constructor(program, use);
	else if (is_missing(&program->symbols.table[index]) &&
		 !program->was_told[index])
		tell(program, use);
}

static void judge_uses(struct program *program)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(program->elf, section))) {
		const Elf64_Shdr *header = elf64_getshdr(section), *where;
		const Elf_Data *data;

		if (!header || header->sh_type != SHT_RELA)
			continue;
		where = elf64_getshdr(
			elf_getscn(program->elf, header->sh_info));
		data = elf_getdata(section, NULL);
		if (!where || !(where->sh_flags & SHF_ALLOC) || !data ||
		    !data->d_buf)
			continue;
		for (size_t i = 0; i < data->d_size / sizeof(Elf64_Rela); i++)
			judge_use(program, where,
				  (const Elf64_Rela *)data->d_buf + i);
	}
}

unsigned int explain_file(const char *path, const char *source)
{
	struct program program = {.path = path, .source = source};
	void *bytes;
	size_t size;

	if (file_read(path, &bytes, &size))
		return 0;
	elf_version(EV_CURRENT);
	program.elf = elf_memory(bytes, size);
	if (program.elf)
		program.symbols = elf_symbols_find(program.elf);
	program.was_told = calloc(program.symbols.count + 1, sizeof(bool));
	if (program.was_told && program.symbols.count)
		judge_uses(&program);
	free(program.was_told);
	elf_end(program.elf);
	free(bytes);
	return program.told_count;
}
