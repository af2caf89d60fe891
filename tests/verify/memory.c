/* SPDX-License-Identifier: BSD-2-Clause */
/* For prove_owner.c: of each page only whether it holds zeros. */
#include "core/platform.h"
#include "lib/string.h"
#include "machine.h"

bool is_zero[PAGE_COUNT];

/* What stands for each page. */
static char pages[PAGE_COUNT];

void *hpa_to_ptr(hpa_t pa)
{
	CLAIM(is_page_aligned(pa.v) && pa.v < PAGE_COUNT * PAGE_SIZE,
	      "there is memory at this address");
	return &pages[pa.v >> PAGE_SHIFT];
}

/* Only whole pages are ever wiped. */
void *memset(void *dst, int c, size_t n)
{
	CLAIM(c == 0 && n == PAGE_SIZE, "a page is wiped, with zeros");
	is_zero[(char *)dst - pages] = true;
	return dst;
}
