// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Knows that CONFIG_STRICT_DEVMEM is one function, which a kernel can make say
 * yes, and that offline pages are a flag.
 */
#include "expose.h"

#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/page-flags.h>

static int say_yes(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	regs->ax = 1;
	return 0;
}

static struct kretprobe dev_mem_probe = {
	.handler = say_yes,
	.kp.symbol_name = "devmem_is_allowed",
	.maxactive = 64,
};

int expose_dev_mem(void)
{
	return register_kretprobe(&dev_mem_probe);
}

void expose_end(void)
{
	unregister_kretprobe(&dev_mem_probe);
}

int expose_offline(const struct attack_offline *offline)
{
	struct page *page;
	u64 at;

	for (at = 0; at < offline->size; at += PAGE_SIZE) {
		page = pfn_to_page((offline->base + at) >> PAGE_SHIFT);
		if (offline->is_offline && !PageOffline(page))
			__SetPageOffline(page);
		else if (!offline->is_offline && PageOffline(page))
			__ClearPageOffline(page);
	}
	return 0;
}
