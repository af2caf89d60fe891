// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Each question is one hypercall that answers into a page of ours.
 */
#include "stats.h"

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/tsc.h>

#include "abi/ioctl.h"
#include "args.h"
#include "hypercall.h"
#include "launch.h"
#include "pal.h"

/*
 * Ask `number` about `what`, of the launch `generation`, and copy `size` bytes
 * of the answer.  Returns 0, -ENODEV without that launch, or the hypervisor's
 * errno; `result` is the whole answer in registers.
 */
static int ask(u64 generation, u64 number, u64 what, void *answer, size_t size,
	       struct hypercall_result *result)
{
	void *page = (void *)get_zeroed_page(GFP_KERNEL);
	int err;

	if (!page)
		return -ENOMEM;
	err = launch_use(generation);
	if (!err) {
		*result = hypercall(number, what, virt_to_phys(page), 0);
		launch_unuse();
		err = hypercall_errno(result->status);
	}
	if (!err)
		memcpy(answer, page, size);
	free_page((unsigned long)page);
	return err;
}

static int ask_info(struct palisade_info *info)
{
	u64 generation = launch_generation();
	struct hypercall_result result;
	int err = launch_use(generation);

	if (err)
		return err;
	result = hypercall(HC_INFO, 0, 0, 0);
	info->launch_ns = launch_duration_ns();
	launch_unuse();
	err = hypercall_errno(result.status);
	if (err)
		return err;
	info->hv_abi_version = result.rdx;
	info->features = result.rcx;
	info->root_kind = HV_FEATURE_ROOT(result.rcx);
	info->cpu_count = result.r8;
	return ask(generation, HC_MEMORY_INFO, 0, &info->memory,
		   sizeof(info->memory), &result);
}

int stats_info(void __user *user)
{
	struct palisade_info info;
	int err = args_take(&info, user, sizeof(info), 0);

	if (err)
		return err;
	info = (struct palisade_info){
		.size = sizeof(info),
		.ioctl_version = PALISADE_IOCTL_VERSION,
		.tsc_khz = tsc_khz,
	};
	err = ask_info(&info);
	if (err == -ENODEV)
		err = 0;
	return args_give(&info, user, sizeof(info), err);
}

static int ask_slot(u64 generation, u32 slot, struct hv_pal_info *info)
{
	struct hypercall_result result;

	return ask(generation, HC_PAL_INFO, slot, info, sizeof(*info), &result);
}

int stats_slot_info(void __user *user)
{
	struct palisade_slot_info info;
	int err = args_take(&info, user, sizeof(info), 0);

	if (err)
		return err;
	if (info.slot >= HV_MAX_PALS)
		return -EINVAL;
	err = ask_slot(launch_generation(), info.slot, &info.pal);
	if (err)
		return err;
	info.pid = pal_opener(info.pal.handle);
	return args_give(&info, user, sizeof(info), 0);
}

/* Find the PAL's slot, beginning with where it was found last. */
static int ask_pal(struct pal *pal, struct hv_pal_info *info)
{
	u32 first = READ_ONCE(pal->slot);
	u32 i, slot;
	int err;

	for (i = 0; i < HV_MAX_PALS; i++) {
		slot = (first + i) % HV_MAX_PALS;
		err = ask_slot(pal->generation, slot, info);
		if (err && err != -ENOENT)
			return err;
		if (err || info->handle != pal->handle)
			continue;
		WRITE_ONCE(pal->slot, slot);
		return 0;
	}
	return -ENOENT;
}

int stats_pal_info(struct pal *pal, void __user *user)
{
	struct palisade_pal_info info;
	int err = args_take(&info, user, sizeof(info), 0);

	if (!err)
		err = ask_pal(pal, &info.pal);
	return err ? err : args_give(&info, user, sizeof(info), 0);
}

int stats_cpu(void __user *user)
{
	struct hypercall_result result;
	struct palisade_cpu_stats stats;
	u64 generation = launch_generation();
	int err = args_take(&stats, user, sizeof(stats), 0);

	if (err)
		return err;
	if (!generation)
		return -ENODEV;
	if (stats.reserved || stats.cpu >= launch_cpu_count())
		return -EINVAL;
	err = ask(generation, HC_CPU_STATS, stats.cpu, &stats.stats,
		  sizeof(stats.stats), &result);
	return err ? err : args_give(&stats, user, sizeof(stats), 0);
}

static int ask_log(struct palisade_log *log)
{
	struct hypercall_result result;
	int err = ask(launch_generation(), HC_LOG_READ, log->position,
		      log->text, sizeof(log->text), &result);

	if (err)
		return err;
	log->position = result.rdx;
	log->length = min_t(u64, result.rcx, sizeof(log->text));
	return 0;
}

int stats_log(void __user *user)
{
	struct palisade_log *log = kmalloc(sizeof(*log), GFP_KERNEL);
	int err;

	if (!log)
		return -ENOMEM;
	err = args_take(log, user, sizeof(*log), 0);
	if (!err && log->reserved)
		err = -EINVAL;
	if (!err)
		err = ask_log(log);
	if (!err)
		err = args_give(log, user, sizeof(*log), 0);
	kfree(log);
	return err;
}

static int give_policy(struct palisade_policy *args, void *bytes)
{
	int err = launch_policy(bytes, &args->policy_size);

	if (err)
		return err;
	return copy_to_user(u64_to_user_ptr(args->policy), bytes,
			    args->policy_size) ? -EFAULT : 0;
}

int stats_policy(void __user *user)
{
	struct palisade_policy args;
	void *bytes;
	int err = args_take(&args, user, sizeof(args), 0);

	if (err)
		return err;
	if (args.reserved)
		return -EINVAL;
	bytes = kmalloc(POLICY_SIZE_MAX, GFP_KERNEL);
	if (!bytes)
		return -ENOMEM;
	err = give_policy(&args, bytes);
	kfree(bytes);
	return err ? err : args_give(&args, user, sizeof(args), 0);
}
