/* SPDX-License-Identifier: BSD-2-Clause */
/* Executes what a PAL must not.  A debug PAL: the addresses are told. */
#include <pal.h>
#include <string.h>
#include "snippets.h"

PAL_NAME("faults");
PAL_DEBUG;

typedef long snippet_code(uint64_t address);

#define DECLARE(name)                                                          \
	extern snippet_code snippet_##name;                                    \
	extern const char at_##name[], after_##name[];
SNIPPETS(DECLARE)

#define ROW(name) {snippet_##name, at_##name, after_##name},
static const struct {
	snippet_code *code;
	const char *at, *after;
} snippets[] = {SNIPPETS(ROW)};

static long run(const void *in, size_t in_size, void *out, size_t out_size)
{
	struct faults_order order;

	(void)out, (void)out_size;
	if (in_size != sizeof(order))
		return -1;
	memcpy(&order, in, sizeof(order));
	if (order.snippet >= SNIPPET_COUNT)
		return -2;
	snippets[order.snippet].code(order.address);
	return 0;
}

static long where(const void *in, size_t in_size, void *out, size_t out_size)
{
	uint64_t snippet, offsets[2];

	if (in_size != sizeof(snippet) || out_size < sizeof(offsets))
		return -1;
	memcpy(&snippet, in, sizeof(snippet));
	if (snippet >= SNIPPET_COUNT)
		return -2;
	offsets[0] = (uintptr_t)snippets[snippet].at - PAL_IMAGE_BASE;
	offsets[1] = (uintptr_t)snippets[snippet].after - PAL_IMAGE_BASE;
	memcpy(out, offsets, sizeof(offsets));
	return sizeof(offsets);
}

static long cpuid(const void *in, size_t in_size, void *out, size_t out_size)
{
	uint32_t leaves[2], regs[4];

	if (in_size != sizeof(leaves) || out_size < sizeof(regs))
		return -1;
	memcpy(leaves, in, sizeof(leaves));
	__asm__ volatile("cpuid"
			 : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]),
			   "=d"(regs[3])
			 : "a"(leaves[0]), "c"(leaves[1]));
	memcpy(out, regs, sizeof(regs));
	return sizeof(regs);
}

PAL_ENTRIES(run, where, cpuid);
