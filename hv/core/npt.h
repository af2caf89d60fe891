/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables of every kind: one walker, a format for each kind of entry.
 *
 * AMD nested tables, Intel EPT and the hypervisor's own tables have the same
 * radix tree and differ only in the bits of an entry.  The input is called gpa;
 * for the hypervisor's own tables it is a virtual address.
 *
 * Entries are 64-bit and are written whole, so a table may be live on another
 * CPU while it changes.  Nobody flushes here: that is the caller's business.
 * Calls on one table are serialised by its owner's lock.
 */
#ifndef CORE_NPT_H
#define CORE_NPT_H

#include "core/addr.h"
#include "core/pages.h"

#define NPT_R	(1u << 0)
#define NPT_W	(1u << 1)
#define NPT_X	(1u << 2)
#define NPT_UC	(1u << 3)	/* device memory */

/* Levels, counted from the leaf: what one entry maps. */
#define NPT_4K	0
#define NPT_2M	1
#define NPT_1G	2

/* The bits of one format's entries. */
struct npt_format {
	uint64_t table;		/* set in an entry that points to a table */
	uint64_t table_level;	/* added to it for each level of that table */
	uint64_t leaf;		/* set in every leaf */
	uint64_t large;		/* set in a leaf above level 0 */
	uint64_t present;	/* any of these set: the entry is in use */
	uint64_t (*perm)(unsigned int access);	/* NPT_* to entry bits */
	unsigned int (*access)(uint64_t entry);	/* and back */
};

struct npt {
	const struct npt_format *fmt;
	struct page_list *pages;	/* where tables come from */
	hpa_t root;
	uint64_t tag;		/* names this table's translations in TLBs */
	int levels;		/* 4 or 5 */
	bool is_written_back;	/* who reads it looks past the CPUs' caches */
};

/* An empty table.  HV_ENOMEM if there is no page for its root. */
int npt_init(struct npt *npt, const struct npt_format *fmt, int levels,
	     struct page_list *pages);

/*
 * Make sure that npt_set() of this range with leaves of this level cannot
 * fail: allocate the tables it needs and split every larger page that it cuts.
 * Translations do not change.  Returns HV_OK or HV_ENOMEM (what was allocated
 * by then stays and serves the next try).
 */
int npt_prepare(struct npt *npt, struct gpa_range range, int level);

/*
 * Map (access != 0) or unmap (access == 0) a range that npt_prepare() has
 * prepared at the same level.
 */
void npt_set(struct npt *npt, struct gpa_range range, int level, hpa_t to,
	     unsigned int access);

/*
 * The one bridge from gpa_t to hpa_t.  False if nothing is mapped at `at`.
 * *access gets NPT_* bits; it may be NULL.
 */
bool npt_translate(const struct npt *npt, gpa_t at, hpa_t *out,
		   unsigned int *access);

#endif
