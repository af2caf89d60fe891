/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy.h"

#include "abi/hypercall.h"
#include "hypercall.h"
#include "notary/policy.h"
#include "place.h"
#include "print.h"

#define PAGE	4096u

static uint64_t list[PAGE / sizeof(uint64_t)] __attribute__((aligned(PAGE)));

void policy_judge_module(const struct info_module *module)
{
	if (!module)
		return;
	if (module->size > POLICY_SIZE_MAX)
		fail("Palisade: the module 'policy' has more than %u bytes: "
		     "is it the output of pal policy compile?",
		     POLICY_SIZE_MAX);
	if (module->base % PAGE ||
	    policy_check((const void *)module->base, module->size))
		fail("Palisade: the module 'policy' is no policy, or is "
		     "damaged: make it with pal policy compile");
}

void policy_give(const struct info_module *module)
{
	int64_t err;
	uint32_t i;

	if (!module)
		return;
	for (i = 0; i * PAGE < module->size; i++)
		list[i] = module->base + i * PAGE;
	err = hypercall(HC_POLICY, physical(list), module->size);
	if (err)
		fail("Palisade: the hypervisor refuses the policy: status %d",
		     (int)err);
}
