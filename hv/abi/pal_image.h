/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PAL image: what `pal pack` writes and the hypervisor loads.
 *
 * A file is one header page, then the pages of each segment's file part in the
 * order of the segment table, nothing else.  After image_size there may be one
 * page more, struct pal_signature.  The measurement is SHA-384 over the first
 * image_size bytes: fixed layout, zero padding, no paths, no times; so the
 * same source gives the same measurement everywhere.
 *
 * A PAL sees addresses as its nested page table has them (guest virtual is
 * guest physical):
 *
 *	PAL_IMAGE_BASE	segments: code R-X, constants R--, data RW-
 *	PAL_STACK_BASE	stacks: thread i ends at PAL_STACK_TOP(i), with
 *			unmapped pages below
 *	PAL_WINDOW_BASE	the window: the caller's pages, RW-
 *	PAL_SPACE_END	nothing a PAL can address lies above
 *
 * A thread begins each call at `entry` with RSP = PAL_STACK_TOP(i), RDI the
 * entry number, RSI the thread's index, RDX the input's size and RCX the
 * output's capacity as the caller stated them, R8 the window's size in bytes.
 * R9 is 0 if an application calls.  If another PAL calls, R9 is 1: input and
 * output are then not in the window but at PAL_PEER_BASE + i * arg_size, in the
 * PAL's own memory, and the caller's struct pal_identity is in the read-only
 * page PAL_CALLER_BASE + i * 4096.
 * Every other register is zero, the FPU state is initial (FNINIT, MXCSR
 * 0x1f80).  It ends the call with HC_PAL_RETURN.
 */
#ifndef ABI_PAL_IMAGE_H
#define ABI_PAL_IMAGE_H

#define PAL_IMAGE_MAGIC		0x31474d494c4150ULL	/* "PALIMG1" */
#define PAL_IMAGE_VERSION	1
#define PAL_IMAGE_HEADER_SIZE	4096

#define PAL_PAGE_SIZE		4096
#define PAL_IMAGE_BASE		0x10000000ULL
#define PAL_IMAGE_END		0x40000000ULL
#define PAL_STACK_BASE		0x40000000ULL
#define PAL_STACK_STRIDE	0x00200000ULL
#define PAL_STACK_MAX		0x001ff000ULL	/* one guard page at least */
#define PAL_STACK_TOP(i)	(PAL_STACK_BASE + ((i) + 1) * PAL_STACK_STRIDE)
#define PAL_WINDOW_BASE		0x80000000ULL
#define PAL_WINDOW_END		0xc0000000ULL
#define PAL_CALLER_BASE		0xc0100000ULL	/* + i pages */
#define PAL_PEER_BASE		0xd0000000ULL	/* + i * arg_size */
#define PAL_SPACE_END		0x100000000ULL

/* The most input, or output, of a call from PAL to PAL, in bytes. */
#define PAL_PEER_SIZE_MAX	65536

#define PAL_MAX_THREADS		64
#define PAL_MAX_SEGMENTS	16

/* Header flags; all other bits are zero. */
#define PAL_FLAG_DEBUG		1	/* gives out logs and fault addresses */
#define PAL_FLAG_PEER		2	/* other PALs may call it, if the policy
					 * lets them; arg_size is at most
					 * PAL_PEER_SIZE_MAX */

/* Why a header is refused (RDX of HV_EIMAGE). */
#define PAL_IMAGE_BAD_MAGIC	1
#define PAL_IMAGE_BAD_VERSION	2
#define PAL_IMAGE_BAD_FLAGS	3	/* unknown flag, or reserved not zero */
#define PAL_IMAGE_BAD_NAME	4	/* not ended by a zero, or unprintable */
#define PAL_IMAGE_BAD_THREADS	5	/* not 1..PAL_MAX_THREADS */
#define PAL_IMAGE_BAD_STACK	6	/* unaligned, zero or too large */
#define PAL_IMAGE_BAD_SEGMENTS	7	/* count not 1..PAL_MAX_SEGMENTS */
#define PAL_IMAGE_BAD_RANGE	8	/* segment unaligned, empty, outside */
#define PAL_IMAGE_BAD_ORDER	9	/* segments overlap or are not ascending */
#define PAL_IMAGE_BAD_ACCESS	10	/* unreadable, or writable and executable */
#define PAL_IMAGE_BAD_SIZE	11	/* file parts do not add up to image_size */
#define PAL_IMAGE_BAD_ENTRY	12	/* entry is not in an executable segment */
#define PAL_IMAGE_BAD_ARGS	13	/* arg_size unaligned or too large */

/* struct pal_signature: ECDSA over the measurement (a SHA-384 digest). */
#define PAL_SIGNATURE_MAGIC	0x314749534c4150ULL	/* "PALSIG1" */
#define PAL_SIGNATURE_SIZE	4096
#define PAL_SIGNATURE_P256	1	/* key 65 bytes, signature 64 */
#define PAL_SIGNATURE_P384	2	/* key 97 bytes, signature 96 */

#define PAL_MEASUREMENT_SIZE	48	/* SHA-384 */

/* Who a PAL is, in a read-only page of its own at this address. */
#define PAL_IDENTITY_BASE	0xc0000000ULL

/* struct pal_identity flags */
#define PAL_IDENTITY_DEBUG	1	/* anybody may look into this PAL */
#define PAL_IDENTITY_SIGNED	2	/* signer is known and the policy's */
#define PAL_IDENTITY_SIMULATED	4	/* no hypervisor protects this PAL */

#ifndef __ASSEMBLER__
#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/build_bug.h>
#else
#include <stdint.h>
#endif

struct pal_image_segment {
	uint64_t base;		/* PAL address, page aligned */
	uint64_t memory_size;	/* bytes, whole pages, not 0 */
	uint64_t file_size;	/* bytes, whole pages, <= memory_size */
	uint32_t access;	/* PAL_ACCESS_* */
	uint32_t reserved;	/* 0 */
};

struct pal_image_header {
	uint64_t magic;
	uint32_t version;
	uint32_t flags;			/* PAL_FLAG_* */
	uint64_t image_size;		/* header and file parts, in bytes */
	uint64_t entry;			/* PAL address of the first instruction */
	uint32_t thread_count;
	uint32_t segment_count;
	uint64_t stack_size;		/* bytes for each thread, whole pages */
	uint64_t arg_size;		/* bytes of window for each thread's
					 * input or output, whole pages */
	uint32_t security_version;
	uint32_t reserved;		/* 0 */
	char name[32];			/* printable ASCII without blanks, not
					 * empty, zero padded */
	struct pal_image_segment segments[PAL_MAX_SEGMENTS];
	uint8_t zero[4096 - 96 - 32 * PAL_MAX_SEGMENTS];
};

struct pal_signature {
	uint64_t magic;
	uint32_t version;		/* 1 */
	uint32_t algorithm;		/* PAL_SIGNATURE_P* */
	uint32_t key_size;		/* bytes */
	uint32_t signature_size;
	uint8_t key[104];		/* the public key: 04, X, Y; then zeros */
	uint8_t signature[104];		/* R, S; then zeros */
	uint8_t zero[4096 - 24 - 208];
};

/*
 * What the notary found out about a PAL.  `signer` is SHA-384 over the public
 * key as in struct pal_signature, or zeros.
 */
struct pal_identity {
	uint8_t measurement[48];
	uint8_t signer[48];
	char name[32];
	uint32_t security_version;
	uint32_t flags;			/* PAL_IDENTITY_* */
};

/* HC_PAL_CALL_PEER: addresses are the calling PAL's, sizes bytes. */
struct pal_peer_call {
	char name[32];			/* of the PAL, as in its header */
	uint64_t entry;
	uint64_t in;
	uint64_t in_size;
	uint64_t out;
	uint64_t out_capacity;
};

_Static_assert(sizeof(struct pal_peer_call) == 72, "ABI");
_Static_assert(sizeof(struct pal_signature) == 4096, "ABI");
_Static_assert(sizeof(struct pal_identity) == 136, "ABI");
_Static_assert(sizeof(struct pal_image_segment) == 32, "ABI");
_Static_assert(sizeof(struct pal_image_header) == 4096, "ABI");

#endif /* __ASSEMBLER__ */
#endif /* ABI_PAL_IMAGE_H */
