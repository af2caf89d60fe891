// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * RAM is what the kernel's resource tree calls "System RAM".
 */
#define pr_fmt(fmt) "palisade: " fmt

#include "ram_map.h"

#include <linux/errno.h>
#include <linux/ioport.h>
#include <linux/limits.h>
#include <linux/printk.h>

static int add_range(struct resource *resource, void *data)
{
	struct hv_launch *launch = data;
	struct hv_ram_range *last = NULL;

	if (launch->ram_count)
		last = &launch->ram[launch->ram_count - 1];
	if (last && last->base + last->size == resource->start) {
		last->size += resource_size(resource);
		return 0;
	}
	if (launch->ram_count == HV_LAUNCH_RAM_MAX)
		return -EOPNOTSUPP;
	launch->ram[launch->ram_count].base = resource->start;
	launch->ram[launch->ram_count].size = resource_size(resource);
	launch->ram_count++;
	return 0;
}

int ram_map_fill(struct hv_launch *launch)
{
	int err;

	launch->ram_count = 0;
	err = walk_iomem_res_desc(IORES_DESC_NONE,
				  IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY,
				  0, U64_MAX, launch, add_range);
	if (err)
		pr_err("RAM lies in more than %u ranges (see /proc/iomem)\n",
		       HV_LAUNCH_RAM_MAX);
	return err ? -EOPNOTSUPP : 0;
}
