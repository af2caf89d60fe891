/* SPDX-License-Identifier: BSD-2-Clause */
#include "handoff.h"

#include <stddef.h>

#include "lib/string.h"
#include "print.h"

#define FOUR_GIB	(UINT64_C(1) << 32)
#define ONE_MIB		0x100000
#define PAGE		4096u

/* As handoff.S reads them. */
struct values {
	uint32_t target, staged, size;
	uint32_t entry, eax, ebx, esi;
};

_Static_assert(sizeof(struct values) == 28, "handoff.S");

extern const char handoff_code[], handoff_code_end[];	/* handoff.S */
extern const char handoff_values[];

void handoff_prepare(struct handoff *handoff, struct memory *memory,
		     uint64_t target, uint64_t size)
{
	if (size == 0 || target >= FOUR_GIB || size > FOUR_GIB - target ||
	    !memory_is_ram(memory, target, size))
		fail("Palisade: no room for the OS, which wants %lu KiB at "
		     "0x%lx", size >> 10, target);
	memory_take(memory, target, size);
	handoff->target = target;
	handoff->size = size;
	handoff->staged = memory_place(memory, size, PAGE, ONE_MIB, FOUR_GIB);
	handoff->page = memory_place(memory, PAGE, PAGE, ONE_MIB, FOUR_GIB);
	if (!handoff->staged || !handoff->page)
		fail("Palisade: no room to make the OS ready (%lu KiB below "
		     "4 GiB)", size >> 10);
	memset((void *)handoff->staged, 0, size);
}

struct info_module handoff_spare(const struct handoff *handoff,
				 struct memory *memory,
				 const struct info_module *module)
{
	struct info_module spared = *module;

	if (!module->size ||
	    module->base >= handoff->target + handoff->size ||
	    handoff->target >= module->base + module->size)
		return spared;
	spared.base = memory_place(memory, module->size, PAGE, ONE_MIB,
				   FOUR_GIB);
	if (!spared.base)
		fail("Palisade: no room for a module of %lu KiB below 4 GiB",
		     module->size >> 10);
	memcpy((void *)spared.base, (const void *)module->base, module->size);
	return spared;
}

void handoff_start(const struct handoff *handoff)
{
	const struct values values = {
		.target = (uint32_t)handoff->target,
		.staged = (uint32_t)handoff->staged,
		.size = (uint32_t)handoff->size,
		.entry = handoff->entry,
		.eax = handoff->eax,
		.ebx = handoff->ebx,
		.esi = handoff->esi,
	};
	char *page = (char *)handoff->page;

	memcpy(page, handoff_code, (size_t)(handoff_code_end - handoff_code));
	memcpy(page + (handoff_values - handoff_code), &values,
	       sizeof(values));
	__asm__ volatile("jmp *%0" : : "r"(page), "D"(page) : "memory");
	__builtin_unreachable();
}
