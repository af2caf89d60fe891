/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core/npt.c on two levels: after any change on each, every address translates
 * as the last change that covered it says; npt_prepare() changes no translation
 * and, once it has succeeded, npt_set() cannot fail.
 */
#include "machine.h"
#include "svm/svm.h"

#define LEVELS		2
#define SPACE_PAGES	(1u << (LEVELS * TABLE_SHIFT))

struct meaning {
	bool is_mapped;
	hpa_t to;
	unsigned int access;
};

static struct npt npt;

static uint64_t leaf_size(int level)
{
	return PAGE_SIZE << (level * TABLE_SHIFT);
}

static bool is_as(gpa_t at, const struct meaning *wanted)
{
	unsigned int access = 0;
	hpa_t to = hpa(0);

	if (npt_translate(&npt, at, &to, &access) != wanted->is_mapped)
		return false;
	return !wanted->is_mapped ||
	       (to.v == wanted->to.v && access == wanted->access);
}

/* One or two entries of a level, anywhere. */
static struct gpa_range any_range(int level)
{
	uint64_t size = leaf_size(level);
	struct gpa_range range = {
		.base = gpa(any_below(SPACE_PAGES) * PAGE_SIZE & ~(size - 1)),
		.size = size * (1 + any_below(2)),
	};

	GIVEN(range.base.v + range.size <= SPACE_PAGES * PAGE_SIZE);
	return range;
}

static void change(gpa_t at, struct meaning *meaning, int level)
{
	struct gpa_range range = any_range(level);
	struct meaning next = {
		.to = hpa(any_below(SPACE_PAGES) * PAGE_SIZE &
			  ~(leaf_size(level) - 1)),
		.access = any_below(8),
	};

	next.is_mapped = next.access & NPT_R;
	GIVEN(next.is_mapped || !next.access);
	if (npt_prepare(&npt, range, level)) {
		CLAIM(is_as(at, meaning), "failing changes no translation");
		return;
	}
	CLAIM(is_as(at, meaning), "preparing changes no translation");
	npt_set(&npt, range, level, next.to, next.access);
	if (at.v >= range.base.v && at.v - range.base.v < range.size) {
		*meaning = next;
		meaning->to = hpa_add(next.to, at.v - range.base.v);
	}
	CLAIM(is_as(at, meaning), "an address means what it was last given");
}

void prove(void)
{
	gpa_t at = gpa(any_below(SPACE_PAGES) * PAGE_SIZE);
	struct meaning meaning = { .is_mapped = false };

	if (npt_init(&npt, &svm_npt_format, LEVELS, NULL))
		return;
	CLAIM(is_as(at, &meaning), "a new table is empty");
	/* A page once split stays so: leaves only become smaller. */
	change(at, &meaning, 1);
	change(at, &meaning, 0);
}
