// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The state of the launch, behind one lock: held for writing while it
 * changes, for reading while the hypervisor is used.
 */
#define pr_fmt(fmt) "palisade: " fmt

#include "launch.h"

#include <linux/cpu.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "cpus.h"
#include "hypercall.h"
#include "image.h"
#include "policy.h"
#include "pool.h"
#include "power.h"
#include "preflight.h"
#include "ram_map.h"
#include "unload.h"

static DECLARE_RWSEM(launch_lock);
static u64 generation;			/* 0: no hypervisor */
static u64 last_generation;
static u32 cpu_count;
static u64 duration_ns;
static struct policy policy;		/* what was given, for who asks */
static struct image image;		/* valid while there is a hypervisor */
static bool is_connected;		/* it was there before: no image */
static bool is_stuck;			/* some CPUs in guest mode, for ever */
static bool is_forbidden;		/* the system sleeps or goes down */

static void fill_contract(struct hv_launch *launch, const struct image *placed,
			  const struct palisade_launch *args)
{
	launch->size = sizeof(*launch);
	launch->version = HV_LAUNCH_VERSION;
	launch->memory_pa = image_physical(placed);
	launch->memory_size = HV_MEMORY_SIZE;
	launch->alias = (unsigned long)placed->alias;
	launch->cpu_count = num_online_cpus();
	dma_fill(&placed->dma, launch);
	power_fill(launch);
	if (args->flags & PALISADE_LAUNCH_SERIAL) {
		launch->flags = HV_LAUNCH_SERIAL;
		launch->serial_port = args->serial_port;
	}
}

/* To where init() reads it: the kernel has no other copy. */
static int copy_root(struct hv_root *root, u64 address)
{
	if (!address)
		return 0;
	if (copy_from_user(root, u64_to_user_ptr(address), sizeof(*root)))
		return -EFAULT;
	if (root->kind == HV_ROOT_EPHEMERAL || root->kind >= HV_ROOT_KINDS ||
	    root->size < HV_ROOT_SIZE_MIN || root->size > HV_ROOT_SIZE_MAX) {
		pr_err("a sealing root has %u to %u bytes and a known kind\n",
		       HV_ROOT_SIZE_MIN, HV_ROOT_SIZE_MAX);
		return -EINVAL;
	}
	return 0;
}

/* What can be refused before the hypervisor's code runs. */
static int prepare(struct hv_launch *launch, struct palisade_launch *args)
{
	struct preflight preflight;
	int err;

	if (generation)
		return -EALREADY;
	if (is_stuck || is_forbidden) {
		pr_err("no launch now: the system is going to sleep or down, or a CPU is stuck\n");
		return -EBUSY;
	}
	err = preflight_check(&preflight);
	args->hv_detail = preflight.reason;
	args->failed_cpu = preflight.cpu;
	return err ? err : ram_map_fill(launch);
}

static void begin(u32 cpus)
{
	cpu_count = cpus;
	__module_get(THIS_MODULE);
	WRITE_ONCE(generation, ++last_generation);
}

static void commit(const struct image *placed, const struct policy *given,
		   u64 started_ns)
{
	image = *placed;
	policy = *given;
	duration_ns = ktime_get_ns() - started_ns;
	begin(num_online_cpus());
	pr_info("launched under %u CPUs in %llu us\n", cpu_count,
		duration_ns / NSEC_PER_USEC);
}

/* The one that GRUB has started is as good as one of ours. */
static int connect(void)
{
	struct hypercall_result info = hypercall(HC_INFO, 0, 0, 0);
	int err, hv_status;

	if (info.status || info.rdx != HV_ABI_VERSION ||
	    !(info.rcx & HV_FEATURE_BEFORE_OS)) {
		pr_err("a hypervisor of Palisade is running that this module does not know: version %llu, not %u\n",
		       info.rdx, HV_ABI_VERSION);
		return -EPROTO;
	}
	cpus_stop_offline();
	err = notary_start(&hv_status);
	if (err) {
		pr_err("the notary does not start (%d)\n", hv_status);
		return err;
	}
	WRITE_ONCE(is_connected, true);
	begin(info.r8);
	pr_info("connected to the hypervisor that was started before Linux, under %u CPUs\n",
		cpu_count);
	return 0;
}

int launch_connect(void)
{
	int err = 0;

	if (!preflight_is_present())
		return 0;
	down_write(&launch_lock);
	cpus_read_lock();
	err = connect();
	cpus_read_unlock();
	up_write(&launch_lock);
	return err;
}

/* All CPUs are in, but nobody could judge PALs: out again. */
static int back_out(int err)
{
	int hv_status;

	if (unload_prepare(HC_UNLOAD_FORCE, &hv_status) || cpus_leave())
		return -ENOTRECOVERABLE;
	return err;
}

static int enter(struct hv_launch *launch, const struct image *placed,
		 const struct policy *given, struct palisade_launch *args)
{
	int err = cpus_enter(placed, launch, given, args);

	if (err)
		return err;
	err = notary_start(&args->hv_status);
	return err ? back_out(err) : 0;
}

static int start(struct hv_launch *launch, const struct image *placed,
		 const struct policy *given, struct palisade_launch *args,
		 u64 started_ns)
{
	int err = prepare(launch, args);

	if (err)
		return err;
	fill_contract(launch, placed, args);
	err = enter(launch, placed, given, args);
	if (err == -ENOTRECOVERABLE) {
		__module_get(THIS_MODULE);
		WRITE_ONCE(is_stuck, true);
	}
	if (!err)
		commit(placed, given, started_ns);
	return err;
}

/* Run `start` with all that it needs to hold. */
static int start_locked(const struct image *placed, const struct policy *given,
			struct palisade_launch *args, u64 started_ns)
{
	struct hv_launch *launch = kzalloc(sizeof(*launch), GFP_KERNEL);
	int err;

	if (!launch)
		return -ENOMEM;
	err = copy_root(&launch->root, args->root);
	if (!err) {
		down_write(&launch_lock);
		cpus_read_lock();
		err = start(launch, placed, given, args, started_ns);
		cpus_read_unlock();
		up_write(&launch_lock);
	}
	kfree_sensitive(launch);
	return err;
}

static int place_and_start(const struct policy *given,
			   struct palisade_launch *args, u64 started_ns)
{
	struct image placed;
	int err = image_place(&placed, args->image, args->image_size);

	if (err)
		return err;
	err = start_locked(&placed, given, args, started_ns);
	if (err && err != -ENOTRECOVERABLE)
		image_free(&placed);
	return err;
}

int launch_start(struct palisade_launch *args)
{
	u64 started_ns = ktime_get_ns();
	struct policy given;
	int err = launch_check(args);

	if (!err)
		err = policy_copy(&given, args);
	if (err)
		return err;
	err = place_and_start(&given, args, started_ns);
	if (err)
		policy_free(&given);
	return err;
}

int launch_check(struct palisade_launch *args)
{
	struct hv_launch *launch = kzalloc(sizeof(*launch), GFP_KERNEL);
	int err;

	if (!launch)
		return -ENOMEM;
	down_read(&launch_lock);
	cpus_read_lock();
	err = prepare(launch, args);
	cpus_read_unlock();
	up_read(&launch_lock);
	kfree(launch);
	return err;
}

/* The hypervisor holds nothing any more: take the CPUs out of it. */
static int leave(void)
{
	int err;

	cpus_read_lock();
	err = cpus_leave();
	WRITE_ONCE(is_stuck, !!err);
	WRITE_ONCE(generation, 0);
	cpus_read_unlock();
	if (err)
		return err;
	cpu_count = 0;
	duration_ns = 0;
	image_free(&image);
	policy_free(&policy);
	module_put(THIS_MODULE);
	pr_info("unloaded\n");
	return 0;
}

static int unload(u64 mode, int *hv_status)
{
	int err;

	if (!generation)
		return -ENODEV;
	if (is_connected) {
		pr_err("the hypervisor was started before Linux and stays until the machine restarts\n");
		return -EOPNOTSUPP;
	}
	err = unload_prepare(mode, hv_status);
	return err ? err : leave();
}

int launch_unload(int *hv_status)
{
	int err;

	down_write(&launch_lock);
	err = unload(0, hv_status);
	up_write(&launch_lock);
	return err;
}

int launch_unload_force(int *hv_status)
{
	int err;

	down_write(&launch_lock);
	err = unload(HC_UNLOAD_FORCE, hv_status);
	up_write(&launch_lock);
	return err;
}

u64 launch_generation(void)
{
	return READ_ONCE(generation);
}

int launch_use(u64 wanted)
{
	down_read(&launch_lock);
	if (wanted && generation == wanted)
		return 0;
	up_read(&launch_lock);
	return -ENODEV;
}

void launch_unuse(void)
{
	up_read(&launch_lock);
}

u32 launch_cpu_count(void)
{
	return READ_ONCE(cpu_count);
}

u64 launch_duration_ns(void)
{
	return READ_ONCE(duration_ns);
}

int launch_policy(void *bytes, u32 *size)
{
	int err = 0;

	down_read(&launch_lock);
	if (!generation)
		err = -ENODEV;
	else if (is_connected)
		err = -ENODATA;
	else if (policy.size)
		memcpy(bytes, policy.bytes, policy.size);
	*size = err ? 0 : policy.size;
	up_read(&launch_lock);
	return err;
}

bool launch_holds_cpus(void)
{
	return READ_ONCE(generation) || READ_ONCE(is_stuck);
}

bool launch_starts_cpus(void)
{
	return READ_ONCE(is_connected);
}

int launch_forbid(void)
{
	int err = 0;

	down_write(&launch_lock);
	if (launch_holds_cpus())
		err = -EBUSY;
	else
		is_forbidden = true;
	up_write(&launch_lock);
	return err;
}

void launch_allow(void)
{
	down_write(&launch_lock);
	is_forbidden = false;
	up_write(&launch_lock);
}

/* It stays, with memory given back for what Linux boots next (kexec). */
static int disconnect(void)
{
	WRITE_ONCE(generation, 0);
	return pool_empty() ? -EBUSY : -EOPNOTSUPP;
}

/* Wiping is what counts; leaving may be against the policy. */
static void end_for_good(void)
{
	int hv_status;
	int err = unload_prepare(HC_UNLOAD_FORCE | HC_UNLOAD_STAY, &hv_status);

	if (err) {
		pr_emerg("the PALs do not end (%d): their memory may not be wiped\n",
			 err);
		return;
	}
	if (is_connected)
		err = disconnect();
	else
		err = unload(0, &hv_status);
	if (err)
		pr_info("all PALs are wiped; the hypervisor stays (%d)\n", err);
}

void launch_end_for_good(void)
{
	down_write(&launch_lock);
	is_forbidden = true;
	if (generation)
		end_for_good();
	up_write(&launch_lock);
}
