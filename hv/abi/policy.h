/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The policy: what the machine's owner allows, in binary.
 *
 * `pal policy compile` makes it of a text; it is given with the launch and does
 * not change after.  The notary reads it, and the hypervisor its flags.  It is
 * one struct policy_header, then authorities, then rules, nothing else; what is
 * reserved is zero.
 *
 * Without a policy every PAL is measured and may run, debug PALs too, and none
 * may call another.
 */
#ifndef ABI_POLICY_H
#define ABI_POLICY_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/build_bug.h>
#else
#include <stdint.h>
#endif

#define POLICY_MAGIC		0x314c4f504c4150ULL	/* "PALPOL1" */
#define POLICY_VERSION		1
#define POLICY_SIZE_MAX		16384
#define POLICY_AUTHORITIES_MAX	16
#define POLICY_RULES_MAX	64

/* struct policy_header flags */
#define POLICY_CERTIFIED	1	/* only PALs signed by an authority run */
#define POLICY_ALLOW_DEBUG	2	/* PALs marked debug may run */
#define POLICY_REQUIRE_IOMMU	4	/* no PAL runs without DMA protection */
#define POLICY_FORBID_UNLOAD	8	/* the hypervisor stays until reset */
#define POLICY_LISTED		16	/* only PALs that a rule names run */
/*
 * What a CPU forgets between the OS and PALs: with neither, what it reports
 * necessary; not both.
 */
#define POLICY_FLUSH_NONE	32	/* nothing */
#define POLICY_FLUSH_ALL	64	/* all that it can forget */

struct policy_header {
	uint64_t magic;
	uint32_t version;
	uint32_t size;			/* bytes of the whole policy */
	uint32_t flags;			/* POLICY_* */
	uint32_t authority_count;
	uint32_t rule_count;
	uint32_t max_pages;		/* private pages of a PAL; 0: no limit */
	uint8_t reserved[32];
};

/* A key whose signatures count. */
struct policy_authority {
	uint8_t signer[48];		/* as in struct pal_identity */
	char name[32];			/* for messages */
};

/*
 * About PALs of this name; the first rule that fits a PAL in name, signer and
 * measurement is its rule.
 */
struct policy_rule {
	char name[32];
	uint8_t signer[48];		/* zeros: any authority's, or none */
	uint8_t measurement[48];	/* zeros: any */
	uint32_t min_security_version;
	uint32_t max_pages;		/* 0: the header's limit */
	uint64_t may_call;		/* bit i: PALs of rule i */
};

_Static_assert(sizeof(struct policy_header) == 64, "ABI");
_Static_assert(sizeof(struct policy_authority) == 80, "ABI");
_Static_assert(sizeof(struct policy_rule) == 144, "ABI");

#endif /* ABI_POLICY_H */
