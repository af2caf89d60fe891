/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract between the hypervisor and the notary.
 *
 * The notary is an ordinary PAL whose image is part of the hypervisor's.  The
 * hypervisor itself calls its functions, one after the other for each new PAL
 * (the subject); the notary's window then shows the subject's pages, read-only,
 * instead of a caller's memory.  A function returns a size or 0, or a negative
 * NOTARY_E*, by which the subject is refused.
 *
 * Other PALs call it as a peer, every PAL and without a rule of the policy, by
 * the name of its image, which finds no other PAL.  The hypervisor's own calls
 * have thread 0, which peers never get.  abi/service.h has what peers may ask.
 *
 * The sealing root, struct hv_root, lies behind struct pal_identity in the page
 * at PAL_IDENTITY_BASE of the notary.
 */
#ifndef ABI_NOTARY_H
#define ABI_NOTARY_H

#include "abi/pal_image.h"

/*
 * Its argument size: the most bytes of an image that one call measures, and of
 * what a peer seals.
 */
#define NOTARY_ARG_SIZE		32768

/* In: the subject's header page.  Forgets whatever subject was before. */
#define NOTARY_BEGIN		0

/* In: the next bytes of its image, at most NOTARY_ARG_SIZE. */
#define NOTARY_MEASURE		1

/*
 * In: struct pal_signature (all zeros: there is none), then the policy (may be
 * absent).  Out: struct notary_record.
 */
#define NOTARY_JUDGE		2

/* Why a PAL is refused. */
#define NOTARY_ESEQUENCE	(-1)	/* calls came in the wrong order */
#define NOTARY_EPOLICY		(-2)	/* the policy itself is malformed */
#define NOTARY_EUNSIGNED	(-3)	/* not signed, and the policy wants it */
#define NOTARY_ESIGNATURE	(-4)	/* the signature page is malformed */
#define NOTARY_EFORGED		(-5)	/* the signature does not fit the image */
#define NOTARY_EFOREIGN		(-6)	/* signed by no authority of the policy */
#define NOTARY_EVERSION		(-7)	/* older than the policy allows */
#define NOTARY_EDEBUG		(-8)	/* a debug PAL, which the policy forbids */
#define NOTARY_EUNLISTED	(-9)	/* no rule of the policy names it */
#define NOTARY_EIOMMU		(-10)	/* the policy wants DMA protection */
#define NOTARY_ECRYPTO		(-11)	/* the notary's own library failed */
#define NOTARY_ESIZE		(-12)	/* larger than the policy allows */

#define NOTARY_NO_RULE		0xffffffffu

#ifndef __ASSEMBLER__
struct notary_record {
	struct pal_identity identity;
	uint32_t rule;			/* of the policy, or NOTARY_NO_RULE */
	uint32_t max_pages;		/* 0: no limit */
	uint64_t may_call;		/* bit i: PALs of rule i */
	uint32_t policy_flags;		/* POLICY_* */
	uint32_t reserved;
};

_Static_assert(sizeof(struct notary_record) == 160, "ABI");
#endif

#endif /* ABI_NOTARY_H */
