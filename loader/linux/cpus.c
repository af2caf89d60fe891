// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The launch contract (abi/launch.h) from the loader's side.  CPUs enter one
 * after the other, so launch->reason is always that of the one that refused.
 */
#define pr_fmt(fmt) "palisade: " fmt

#include "cpus.h"

#include <linux/compiler.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/printk.h>
#include <linux/smp.h>
#include <asm/processor-flags.h>
#include <asm/special_insns.h>

#include "hypercall.h"
#include "reason.h"

typedef int (*init_function)(struct hv_launch *launch);
typedef int (*enter_function)(struct hv_launch *launch, u32 cpu);

struct cpu_entry {
	enter_function enter;
	struct hv_launch *launch;
	u32 number;			/* the hypervisor's number of the CPU */
	int status;
};

/* The image is not built with the kernel's control-flow checks. */
static __nocfi int init_image(const struct image *image,
			      struct hv_launch *launch)
{
	init_function init = image->alias + image->init_offset;
	unsigned long flags;
	int status;

	local_irq_save(flags);
	launch->page_table =
		(unsigned long)phys_to_virt(__read_cr3() & CR3_ADDR_MASK);
	status = init(launch);
	memzero_explicit(launch->root.bytes, sizeof(launch->root.bytes));
	local_irq_restore(flags);
	return status;
}

/* Runs with interrupts off; the second half of it as a guest. */
static __nocfi void enter_this_cpu(void *data)
{
	struct cpu_entry *entry = data;

	entry->status = entry->enter(entry->launch, entry->number);
}

static void leave_this_cpu(void *data)
{
	int *status = data;

	*status = hypercall(HC_CPU_LEAVE, 0, 0, 0).status;
}

/* Make the first `count` online CPUs leave. */
static int leave_first(u32 count)
{
	unsigned int cpu;
	int status, err = 0;

	for_each_online_cpu(cpu) {
		if (!count--)
			break;
		status = HV_EINVAL;
		smp_call_function_single(cpu, leave_this_cpu, &status, 1);
		if (!status)
			continue;
		pr_emerg("CPU %u does not leave the hypervisor (%d); save your work and reboot\n",
			 cpu, status);
		err = -ENOTRECOVERABLE;
	}
	return err;
}

int cpus_leave(void)
{
	return leave_first(num_online_cpus());
}

void cpus_stop(unsigned int cpu)
{
	hypercall(HC_CPU_STOP, cpu_physical_id(cpu), 0, 0);
}

void cpus_stop_offline(void)
{
	unsigned int cpu;

	for_each_present_cpu(cpu)
		if (!cpu_online(cpu))
			cpus_stop(cpu);
}

static int refuse(struct palisade_launch *args, const struct hv_launch *launch,
		  int status, unsigned int cpu)
{
	args->hv_status = status;
	args->hv_detail = launch->reason;
	args->failed_cpu = cpu;
	return reason_report(launch->reason, cpu);
}

/* Enter on CPU after CPU; *count of them did. */
static int enter_each(struct cpu_entry *entry, struct palisade_launch *args,
		      u32 *count)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		entry->number = *count;
		entry->status = HV_EINVAL;
		smp_call_function_single(cpu, enter_this_cpu, entry, 1);
		if (entry->status)
			return refuse(args, entry->launch, entry->status, cpu);
		++*count;
	}
	return 0;
}

static int confirm(struct palisade_launch *args, const struct hv_launch *launch)
{
	int status = hypercall(HC_LAUNCHED, 0, 0, 0).status;

	if (status == HV_ENOTSUP) {
		args->hv_status = status;
		pr_err("the policy requires DMA protection, but the IOMMU cannot be had: Linux uses it, say (boot with amd_iommu=off, or intel_iommu=off intremap=off)\n");
		return -EOPNOTSUPP;
	}
	return status ? refuse(args, launch, status, 0) : 0;
}

int cpus_enter(const struct image *image, struct hv_launch *launch,
	       const struct policy *policy, struct palisade_launch *args)
{
	struct cpu_entry entry = {
		.enter = image->alias + image->enter_offset,
		.launch = launch,
	};
	u32 count = 0;
	int status, err;

	status = init_image(image, launch);
	if (status)
		return refuse(args, launch, status, 0);
	err = enter_each(&entry, args, &count);
	if (!err)
		err = policy_give(policy, &args->hv_status);
	if (!err)
		err = confirm(args, launch);
	if (err && leave_first(count))
		err = -ENOTRECOVERABLE;
	return err;
}
