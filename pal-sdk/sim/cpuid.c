/* SPDX-License-Identifier: BSD-2-Clause */
/* What a PAL sees of the CPU: as in hv/core/cpuid.c, whose masks these are. */
#include "sim.h"

#define LEAF_FEATURES	       1
#define LEAF_EXTENDED_FEATURES 7

#define PAL_FEATURES_ECX       0x42d80203u
#define PAL_FEATURES_EDX       0x07888111u
#define PAL_EXTENDED_EBX       0x200c0300u

struct answer {
	uint32_t eax, ebx, ecx, edx;
};

static struct answer vendor, features, extended;

static struct answer ask(uint32_t leaf)
{
	struct answer answer = {.eax = leaf};

	__asm__("cpuid"
		: "+a"(answer.eax), "=b"(answer.ebx), "+c"(answer.ecx),
		  "=d"(answer.edx));
	return answer;
}

void sim_cpuid_remember(void)
{
	vendor = ask(0);
	if (vendor.eax >= LEAF_EXTENDED_FEATURES)
		extended = ask(LEAF_EXTENDED_FEATURES);
	features = ask(LEAF_FEATURES);
	vendor.eax = LEAF_EXTENDED_FEATURES;
	features.ebx = 0;
	features.ecx &= PAL_FEATURES_ECX;
	features.edx &= PAL_FEATURES_EDX;
	extended = (struct answer){.ebx = extended.ebx & PAL_EXTENDED_EBX};
}

static struct answer answer_for(uint32_t leaf, uint32_t subleaf)
{
	if (leaf == 0)
		return vendor;
	if (leaf == LEAF_FEATURES)
		return features;
	if (leaf == LEAF_EXTENDED_FEATURES && subleaf == 0)
		return extended;
	return (struct answer){0};
}

void sim_cpuid(uint64_t *rax, uint64_t *rbx, uint64_t *rcx, uint64_t *rdx)
{
	struct answer answer = answer_for((uint32_t)*rax, (uint32_t)*rcx);

	*rax = answer.eax;
	*rbx = answer.ebx;
	*rcx = answer.ecx;
	*rdx = answer.edx;
}
