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

/* A hypercall of the kernel, on the CPU that the program is on. */
struct attack_call {
	uint64_t number, rdi, rsi, rdx;
	int64_t status;		/* out: RAX */
	uint64_t result_rdx, result_rcx, result_r8;	/* out */
	int32_t result;		/* out: did the instruction work */
	uint32_t reserved;
};

/*
 * `count` random hypercalls on this CPU.  Arguments are random, or near one of
 * `interesting`, or handles that came back.  RAM that is not in `spoilable` is
 * never given to a call, lest Linux lose it.
 */
struct attack_random {
	uint64_t seed, count;
	uint64_t interesting_count;
	uint64_t interesting[32];
	uint64_t spoilable_count;
	struct {
		uint64_t base, size;
	} spoilable[16];
	uint64_t status_count[16];	/* out: answers 0, -1, ... */
	uint64_t unknown_count;		/* out: other answers */
	uint64_t trap_count;		/* out: the instruction trapped */
};

struct attack_msr {
	uint32_t msr;
	int32_t result;		/* out */
	uint64_t value;		/* in or out */
};

/* Instructions of SVM; `address` goes to RAX. */
enum attack_instruction {
	ATTACK_VMRUN, ATTACK_VMLOAD, ATTACK_VMSAVE, ATTACK_STGI, ATTACK_CLGI,
	ATTACK_SKINIT, ATTACK_INVLPGA, ATTACK_INVD, ATTACK_VMMCALL,
	ATTACK_TRIPLE_FAULT,	/* does not return */
	ATTACK_INSTRUCTIONS
};

struct attack_execute {
	uint32_t instruction;	/* enum attack_instruction */
	int32_t result;		/* out */
	uint64_t address;
};

/* Stores to a device's registers (physical), `width` bytes wide. */
struct attack_device {
	uint64_t address;
	uint64_t value;		/* in, or out of a read */
	uint32_t width;		/* 1, 2, 4, 8; 0: a locked OR of 4 bytes */
	int32_t result;		/* out */
};

/*
 * Two CPUs and one block.  The reader reads it with interrupts disabled, waits
 * for the giver, reads it again, flushes, reads it a last time.  The giver
 * waits for the reader, gives the block to the pool, flushes itself and tries
 * to make a PAL of `header`.
 */
struct attack_stale {
	uint64_t block;
	uint64_t header;	/* giver */
	int32_t before, between, after;	/* out, reader: results of reads */
	int32_t is_late;	/* out: the other did not come */
	int64_t add_status;	/* out, giver: of HC_POOL_ADD */
	int64_t create_status;	/* out, giver: of HC_PAL_CREATE, unflushed */
};

/* OUT, or IN, of this CPU. */
struct attack_port {
	uint16_t port;
	uint16_t width;		/* bytes: 1, 2, 4 */
	uint32_t is_read_only;
	uint32_t value;		/* to write, or what was read */
	int32_t result;		/* out */
};

struct attack_nmi {
	uint64_t count;		/* out: NMIs sent that arrived, so far */
};

/* QEMU's PCI device `edu` copies 8 bytes, which no CPU sees. */
struct attack_dma {
	uint64_t address;	/* physical */
	uint64_t value;		/* to write; or out: what was read */
	uint32_t is_write;
	uint32_t device;	/* out: its bus, device and function */
};

#define ATTACK_BLOCK	_IOWR('@', 0, struct attack_block)
#define ATTACK_SWEEP	_IOWR('@', 1, struct attack_sweep)
#define ATTACK_REFUSED	_IOWR('@', 2, struct attack_refused)
#define ATTACK_FIND	_IOWR('@', 3, struct attack_find)
#define ATTACK_READ	_IOWR('@', 4, struct attack_word)
#define ATTACK_WRITE	_IOWR('@', 5, struct attack_word)
#define ATTACK_TRANSLATE _IOWR('@', 6, struct attack_translate)
#define ATTACK_OFFLINE	_IOWR('@', 7, struct attack_offline)
#define ATTACK_CALL	_IOWR('@', 8, struct attack_call)
#define ATTACK_RANDOM	_IOWR('@', 9, struct attack_random)
#define ATTACK_RDMSR	_IOWR('@', 10, struct attack_msr)
#define ATTACK_WRMSR	_IOWR('@', 11, struct attack_msr)
#define ATTACK_EXECUTE	_IOWR('@', 12, struct attack_execute)
#define ATTACK_DEVICE_READ _IOWR('@', 13, struct attack_device)
#define ATTACK_DEVICE_WRITE _IOWR('@', 14, struct attack_device)
#define ATTACK_STALE_READER _IOWR('@', 15, struct attack_stale)
#define ATTACK_STALE_GIVER _IOWR('@', 16, struct attack_stale)
#define ATTACK_NMI	_IOWR('@', 17, struct attack_nmi)
#define ATTACK_DMA	_IOWR('@', 18, struct attack_dma)	/* ENODEV */
#define ATTACK_PORT	_IOWR('@', 19, struct attack_port)
/* 4 bytes written, read and put back, all at once; value: in and out. */
#define ATTACK_DEVICE_TRY _IOWR('@', 20, struct attack_device)
/* mmap() of the device maps the physical address that is its offset. */

#endif
