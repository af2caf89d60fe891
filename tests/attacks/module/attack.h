/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /dev/attack: what root may have a hostile kernel do.  The kernel's part does
 * what it is told and reports what happened; what ought to happen is known to
 * the programs.  Each structure is read and written back.
 */
#ifndef ATTACK_H
#define ATTACK_H

#ifdef __KERNEL__
#include <linux/ioctl.h>
#include <linux/types.h>
#else
#include <stdint.h>
#include <sys/ioctl.h>
#endif

#define ATTACK_DEVICE	"/dev/attack"
#define ATTACK_MARKER	0x4b52414d454d4954ULL	/* fills blocks */
#define ATTACK_BLOCK_SIZE 0x200000

/* What became of an access: a trap's vector, or one of these. */
#define ATTACK_WORKED	(-1)
#define ATTACK_UNMAPPED	(-2)	/* Linux would not map it */

/* Ways by which a kernel gets at a physical page. */
enum attack_way {
	ATTACK_DIRECT_MAP,
	ATTACK_COPY_NOFAULT,	/* reads only */
	ATTACK_KMAP,
	ATTACK_MEMREMAP,
	ATTACK_MAP_WB,		/* page tables of its own, by cache type */
	ATTACK_MAP_WC,
	ATTACK_MAP_WT,
	ATTACK_MAP_UC_MINUS,
	ATTACK_MAP_UC,
	ATTACK_WAYS
};

/* A block of 2 MiB of Linux's memory, filled with the marker. */
struct attack_block {
	uint64_t address;	/* out: physical */
};

/* Touch one word of each page of [base, base + size). */
struct attack_sweep {
	uint64_t base, size;
	uint32_t way;		/* enum attack_way */
	uint32_t is_write;
	uint64_t value;		/* what is written */
	uint64_t worked_count;	/* out */
	uint64_t gp_count;	/* out: refused with #GP */
	uint64_t other_count;	/* out: anything else */
	uint64_t first_worked;	/* out: address, or ~0 */
	uint64_t first_value;	/* out: what was read there */
};

#define ATTACK_RANGES	64

/* The pages of RAM that the direct map has but that cannot be read. */
struct attack_refused {
	uint64_t read_count;	/* out: pages that could */
	uint64_t refused_count;	/* out: and those that could not */
	uint64_t range_count;	/* out */
	struct {
		uint64_t base, size;
	} ranges[ATTACK_RANGES];
};

/*
 * Look for 32 bytes in all RAM.  They are given masked with ATTACK_MASK, so
 * that neither program nor kernel has what they look for.
 */
struct attack_find {
	uint64_t masked[4];
	uint64_t read_count;	/* out: pages that could be read */
	uint64_t found_count;	/* out */
	uint64_t first_found;	/* out: physical address */
};
#define ATTACK_MASK	0xa5c35a3c96e1781eULL

/* One word, read or written. */
struct attack_word {
	uint64_t address;	/* physical */
	uint64_t value;
	uint32_t way;
	int32_t result;		/* out */
};

/* Physical address of a page of this process. */
struct attack_translate {
	uint64_t address;	/* in: virtual; out: physical */
};

/* Whether Linux's dump tools leave out the pages [base, base + size). */
struct attack_offline {
	uint64_t base, size;
	uint64_t is_offline;
};

#define ATTACK_BLOCK	_IOWR('@', 0, struct attack_block)
#define ATTACK_SWEEP	_IOWR('@', 1, struct attack_sweep)
#define ATTACK_REFUSED	_IOWR('@', 2, struct attack_refused)
#define ATTACK_FIND	_IOWR('@', 3, struct attack_find)
#define ATTACK_READ	_IOWR('@', 4, struct attack_word)
#define ATTACK_WRITE	_IOWR('@', 5, struct attack_word)
#define ATTACK_TRANSLATE _IOWR('@', 6, struct attack_translate)
#define ATTACK_OFFLINE	_IOWR('@', 7, struct attack_offline)
/* mmap() of the device maps the physical address that is its offset. */

#endif
