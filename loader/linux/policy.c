// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#define pr_fmt(fmt) "palisade: " fmt

#include "policy.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/uaccess.h>

#include "abi/policy.h"
#include "hypercall.h"
#include "patience.h"
#include "pool.h"

int policy_copy(struct policy *policy, const struct palisade_launch *args)
{
	*policy = (struct policy){ .size = args->policy_size };
	if (!policy->size)
		return 0;
	if (policy->size > POLICY_SIZE_MAX) {
		pr_err("a policy has at most %u bytes\n", POLICY_SIZE_MAX);
		return -EINVAL;
	}
	policy->bytes = alloc_pages_exact(POLICY_SIZE_MAX,
					  GFP_KERNEL | __GFP_ZERO);
	if (!policy->bytes)
		return -ENOMEM;
	if (!copy_from_user(policy->bytes, u64_to_user_ptr(args->policy),
			    policy->size))
		return 0;
	policy_free(policy);
	return -EFAULT;
}

void policy_free(struct policy *policy)
{
	if (policy->bytes)
		free_pages_exact(policy->bytes, POLICY_SIZE_MAX);
	*policy = (struct policy){ 0 };
}

int policy_give(const struct policy *policy, int *hv_status)
{
	u64 *list;
	unsigned int i;

	if (!policy->size)
		return 0;
	list = (u64 *)get_zeroed_page(GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	for (i = 0; i < POLICY_SIZE_MAX / PAGE_SIZE; i++)
		list[i] = virt_to_phys(policy->bytes) + i * PAGE_SIZE;
	*hv_status = hypercall(HC_POLICY, virt_to_phys(list), policy->size,
			       0).status;
	free_page((unsigned long)list);
	if (*hv_status)
		pr_err("the hypervisor refuses the policy (%d)\n", *hv_status);
	return hypercall_errno(*hv_status);
}

int notary_start(int *hv_status)
{
	struct patience patience;
	int err;

	patience_begin(&patience);
	do {
		*hv_status = hypercall(HC_NOTARY_START, 0, 0, 0).status;
		if (*hv_status == HV_EAGAIN)
			err = patience_wait(&patience);
		else if (*hv_status == HV_ENOMEM)
			err = pool_grow();
		else
			return hypercall_errno(*hv_status);
	} while (!err);
	pr_err("the notary does not start: no memory for it\n");
	return err;
}
