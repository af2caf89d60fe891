/* SPDX-License-Identifier: BSD-2-Clause */
/* The notary's reasons, in words. */
#include "refusal.h"
#include <stddef.h>
#include "abi/notary.h"

const char *refusal_text(int reason)
{
	static const char *const clauses[] = {
		[-NOTARY_ESEQUENCE] = "the notary was called out of order",
		[-NOTARY_EPOLICY] = "the policy of this machine is malformed "
				    "(pal policy compile makes one)",
		[-NOTARY_EUNSIGNED] = "it is not signed, and the policy wants "
				      "it (pal sign)",
		[-NOTARY_ESIGNATURE] = "its signature page is malformed",
		[-NOTARY_EFORGED] = "its signature is wrong: the image was "
				    "changed after it was signed",
		[-NOTARY_EFOREIGN] = "it is signed by no authority of the "
				     "policy",
		[-NOTARY_EVERSION] = "its security version is lower than the "
				     "policy allows",
		[-NOTARY_EDEBUG] = "it is a debug PAL, which the policy does "
				   "not allow",
		[-NOTARY_EUNLISTED] = "no line of the policy names it",
		[-NOTARY_EIOMMU] = "the policy wants DMA protection, which "
				   "this machine does not give",
		[-NOTARY_ECRYPTO] = "the notary's cryptography failed",
		[-NOTARY_ESIZE] = "it takes more memory than the policy "
				  "allows",
	};
	size_t count = sizeof(clauses) / sizeof(clauses[0]);

	if (reason >= 0 || reason <= -(int)count)
		return "for a reason that this version does not know";
	return clauses[-reason];
}
