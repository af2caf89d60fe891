/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/hypercall.h"

#include "core/debug.h"
#include "core/guest_mem.h"
#include "core/hv.h"
#include "core/iommu.h"
#include "core/os_space.h"
#include "core/pal.h"
#include "core/pal_build.h"
#include "core/startup.h"
#include "core/step.h"
#include "lib/assert.h"

static int info(struct cpu *cpu, struct guest_regs *regs)
{
	struct hv *hv = cpu->hv;
	uint32_t policy = hv->notary.policy_flags & 0xffff;

	regs->rdx = HV_ABI_VERSION;
	regs->rcx = (hv->has_apic_guard ? HV_FEATURE_APIC_GUARD : 0) |
		    (HV_DEBUG ? HV_FEATURE_DEBUG : 0) |
		    (hv->starts_cpus ? HV_FEATURE_BEFORE_OS : 0) |
		    (iommu_is_on() ? HV_FEATURE_IOMMU : 0) |
		    hv->notary.root_kind << HV_FEATURE_ROOT_SHIFT |
		    (hv->notary.policy_size ? HV_FEATURE_POLICY : 0) |
		    policy << HV_FEATURE_POLICY_SHIFT;
	regs->r8 = hv->cpu_count;
	return HV_OK;
}

/*
 * The OS's translations go at the next entry; so this CPU may say already now
 * that they are gone: nothing of the OS runs on it before.
 */
static int flush(struct cpu *cpu)
{
	struct hv *hv = cpu->hv;

	cpu->vendor->flush(&cpu->os_vcpu);
	atomic_store(&cpu->epoch, atomic_load(&hv->epoch));
	owner_epoch_passed(&hv->owner, hv_lowest_epoch(hv));
	return HV_OK;
}

static int create(struct cpu *cpu, struct guest_regs *regs)
{
	uint64_t handle = 0;
	int reason = 0;
	int err = pal_create(cpu, gpa(regs->rdi), regs->rsi, &handle, &reason);

	if (!err)
		regs->rdx = handle;
	else if (err == HV_EIMAGE)
		regs->rdx = (uint64_t)reason;
	return err;
}

static int load(struct cpu *cpu, struct guest_regs *regs)
{
	return pal_load(cpu, regs->rdi, gpa(regs->rsi), regs->rdx, &regs->rdx);
}

static int window(struct cpu *cpu, struct guest_regs *regs)
{
	return pal_window(cpu, regs->rdi, gpa(regs->rsi), regs->rdx,
			  &regs->rdx);
}

static int slot_info(struct cpu *cpu, struct guest_regs *regs)
{
	struct hv_pal_info answer;
	int err = pal_info(cpu->hv, regs->rdi, &answer);

	return err ? err : guest_mem_write(cpu, gpa(regs->rsi), &answer,
					   sizeof(answer));
}

static int cpu_stats(struct cpu *cpu, struct guest_regs *regs)
{
	struct hv *hv = cpu->hv;

	if (regs->rdi >= hv->cpu_count)
		return HV_EINVAL;
	/* The remainder, for CPUs that run ahead of the comparison. */
	return guest_mem_write(cpu, gpa(regs->rsi),
			       &hv->cpus[regs->rdi % HV_MAX_CPUS]->stats,
			       sizeof(struct hv_cpu_stats));
}

static int memory_info(struct cpu *cpu, struct guest_regs *regs)
{
	struct hv *hv = cpu->hv;
	const struct hv_memory_info answer = {
		.hypervisor_bytes = hv->memory_size,
		.hypervisor_free_bytes = hv->pages.count * PAGE_SIZE,
		.pool_blocks = hv->owner.pool_count,
		.pool_free_pages = hv->owner.free_pages,
		.pal_count = pal_live_count(hv),
	};

	return guest_mem_write(cpu, gpa(regs->rsi), &answer, sizeof(answer));
}

static int read_log(struct cpu *cpu, struct guest_regs *regs)
{
	char text[512];
	uint64_t from = regs->rdi;
	size_t length = log_read(&cpu->hv->log, &from, text, sizeof(text));
	int err = guest_mem_write(cpu, gpa(regs->rsi), text, length);

	if (err)
		return err;
	regs->rdx = from;
	regs->rcx = length;
	return HV_OK;
}

static bool is_leaving_forbidden(const struct hv *hv)
{
	return hv->starts_cpus ||
	       hv->notary.policy_flags & POLICY_FORBID_UNLOAD;
}

static int unload(struct hv *hv, uint64_t flags)
{
	bool is_leaving = !(flags & HC_UNLOAD_STAY);
	int err;

	if (flags & ~(uint64_t)(HC_UNLOAD_FORCE | HC_UNLOAD_STAY))
		return HV_EINVAL;
	if (is_leaving && is_leaving_forbidden(hv))
		return HV_EPERM;
	if (pal_live_count(hv) > 0) {
		if (!(flags & HC_UNLOAD_FORCE))
			return HV_EBUSY;
		hv->phase = HV_CLOSING;		/* no new ones meanwhile */
		err = pal_destroy_all(hv);
		if (err)
			return err;
	}
	hv->phase = HV_CLOSING;
	err = notary_end(hv);
	if (err)
		return err;
	if (is_leaving && hv->owner.pool_count > 0)
		return HV_EPERM;
	if (hv->starts_cpus)
		hv->phase = HV_RUNNING;		/* for the next OS */
	return HV_OK;
}

static int launched(struct hv *hv)
{
	unsigned int i;
	int err;

	if (hv->phase != HV_STARTING)
		return HV_EPERM;
	for (i = 0; i < hv->cpu_count; i++)
		if (!atomic_load(&hv->cpus[i]->entered))
			return HV_EPERM;
	err = iommu_start(hv);
	if (err && hv->notary.policy_flags & POLICY_REQUIRE_IOMMU)
		return err;
	hv->phase = HV_RUNNING;
	log_line(&hv->log, "launched on %u CPUs", hv->cpu_count);
	return HV_OK;
}

/*
 * All PALs and pool blocks are gone, or there never were any.  From here on,
 * still under the lock, this CPU does not count for HC_LAUNCHED, and devices
 * may do what it may.
 */
static int leave(struct cpu *cpu)
{
	const struct hv *hv = cpu->hv;

	if (hv->phase == HV_RUNNING || hv->owner.pool_count > 0 ||
	    (hv->phase == HV_CLOSING && is_leaving_forbidden(hv)))
		return HV_EPERM;
	iommu_stop();
	atomic_store(&cpu->entered, 0);
	return HV_OK;
}

static int dispatch(struct cpu *cpu, struct guest_regs *regs)
{
	struct hv *hv = cpu->hv;

	switch (regs->rax) {
	case HC_INFO:
		return info(cpu, regs);
	case HC_FLUSH:
		return flush(cpu);
	case HC_POOL_ADD:
		return os_space_give_block(hv, regs->rdi);
	case HC_POOL_REMOVE:
		return os_space_take_block(hv, regs->rdi);
	case HC_PAL_CREATE:
		return create(cpu, regs);
	case HC_PAL_LOAD:
		return load(cpu, regs);
	case HC_PAL_WINDOW:
		return window(cpu, regs);
	case HC_PAL_START:
		return pal_start(hv, regs->rdi);
	case HC_PAL_SIGNATURE:
		return pal_take_signature(cpu, regs->rdi, gpa(regs->rsi));
	case HC_POLICY:
		return notary_take_policy(cpu, gpa(regs->rdi), regs->rsi);
	case HC_NOTARY_START:
		return notary_start(hv);
	case HC_PAL_DESTROY:
		return pal_destroy(hv, regs->rdi);
	case HC_PAL_INFO:
		return slot_info(cpu, regs);
	case HC_CPU_STATS:
		return cpu_stats(cpu, regs);
	case HC_MEMORY_INFO:
		return memory_info(cpu, regs);
	case HC_LOG_READ:
		return read_log(cpu, regs);
	case HC_UNLOAD:
		return unload(hv, regs->rdi);
	case HC_CPU_LEAVE:
		return leave(cpu);
	case HC_LAUNCHED:
		return launched(hv);
	case HC_CPU_WAIT:
		return startup_wait(cpu);
	case HC_CPU_STOP:
		return startup_stop(cpu, regs->rdi);
	}
	return HV_ENOSYS;
}

static void check_invariants(struct hv *hv)
{
	const char *broken = debug_broken_invariant(hv);

	if (broken)
		log_line(&hv->log, "invariant: %s", broken);
	ASSERT(!broken);
}

/* What needs the notary to run goes first, without the lock. */
static int before_dispatch(struct cpu *cpu, struct guest_regs *regs)
{
	switch (regs->rax) {
	case HC_PAL_DESTROY:
		return notary_let_go(cpu, regs->rdi);
	case HC_UNLOAD:
		return notary_let_go(cpu, notary_subject(cpu->hv));
	}
	return HV_OK;
}

static int serve(struct cpu *cpu, struct guest_regs *regs)
{
	int status;

	if (cpu->vendor->get(&cpu->os_vcpu, GUEST_CPL) != 0)
		return HV_EPERM;
	if (regs->rax == HC_PAL_JUDGE)
		return notary_judge(cpu, regs->rdi, &regs->rdx);
	if (HV_DEBUG && regs->rax == HC_DEBUG_CRASH)
		return platform_crash((unsigned int)regs->rdi);
	status = before_dispatch(cpu, regs);
	if (status)
		return status;
	spin_lock(&cpu->hv->lock);
	status = dispatch(cpu, regs);
	if (HV_DEBUG)
		check_invariants(cpu->hv);
	spin_unlock(&cpu->hv->lock);
	return status;
}

void hypercall(struct cpu *cpu, uint64_t next_rip)
{
	struct guest_regs *regs = cpu->os_vcpu.regs;
	bool is_leave = regs->rax == HC_CPU_LEAVE;
	int status;

	cpu_count(cpu, HV_COUNT_HYPERCALL);
	status = serve(cpu, regs);
	regs->rax = (uint64_t)(int64_t)status;
	step_to(cpu, next_rip);
	if (is_leave && status == HV_OK)
		cpu->vendor->cpu_leave(cpu);
}
