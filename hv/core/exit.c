/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/exit.h"

#include "core/apic_guard.h"
#include "core/cpuid.h"
#include "core/device.h"
#include "core/flush.h"
#include "core/hv.h"
#include "core/hypercall.h"
#include "core/msr.h"
#include "core/os_space.h"
#include "core/pal_run.h"
#include "core/startup.h"
#include "core/step.h"
#include "lib/assert.h"

#define VECTOR_DE	0
#define VECTOR_UD	6
#define VECTOR_DF	8
#define VECTOR_TS	10
#define VECTOR_GP	13
#define VECTOR_PF	14

/* In real mode an exception has no error code (APM Vol. 2, 8.2). */
static void inject_with_error(struct cpu *cpu, uint8_t vector)
{
	uint64_t cr0 = cpu->vendor->get(&cpu->os_vcpu, GUEST_CR0);

	cpu->vendor->inject(&cpu->os_vcpu, vector, cr0 & CR0_PE, 0);
}

static void inject_gp(struct cpu *cpu)
{
	inject_with_error(cpu, VECTOR_GP);
}

void os_shut_down(struct cpu *cpu)
{
	log_line(&cpu->hv->log, "CPU %u: the OS shut down; reset", cpu->id);
	spin_lock(&cpu->hv->lock);
	pal_wipe_for_reset(cpu);
	platform_reset();
}

static bool is_contributory(uint8_t vector)
{
	return vector == VECTOR_DE ||
	       (vector >= VECTOR_TS && vector <= VECTOR_PF);
}

/*
 * A #GP for an access that is refused; it meets an event on its way as the
 * manual says (APM Vol. 2, 8.2.9), so that a kernel whose own tables are gone
 * comes to its end and not to a loop.
 */
static void refuse_access(struct cpu *cpu, const struct vmexit *exit)
{
	if (!exit->npt.delivering || !exit->npt.was_exception)
		inject_gp(cpu);
	else if (exit->npt.vector == VECTOR_DF)
		os_shut_down(cpu);
	else if (is_contributory(exit->npt.vector))
		inject_with_error(cpu, VECTOR_DF);
	else
		inject_gp(cpu);
}

static bool is_guarded(const struct cpu *cpu, const struct vmexit *exit)
{
	const struct hv *hv = cpu->hv;

	return hv->has_apic_guard && exit->npt.access & NPT_W &&
	       exit->npt.at.v >> PAGE_SHIFT == hv->apic_base >> PAGE_SHIFT;
}

static void handle_npt_fault(struct cpu *cpu, const struct vmexit *exit)
{
	bool is_filled, is_read_only;

	if (is_guarded(cpu, exit)) {
		if (!apic_guard_write(cpu, exit))
			refuse_access(cpu, exit);
		return;
	}
	cpu_count(cpu, HV_COUNT_NPT_FAULT);
	spin_lock(&cpu->hv->lock);
	is_filled = os_space_fill(cpu->hv, exit->npt.at, exit->npt.access);
	is_read_only = os_space_is_read_only(cpu->hv, exit->npt.at);
	spin_unlock(&cpu->hv->lock);
	if (!is_filled && !(is_read_only && exit->npt.access & NPT_W &&
			    device_write(cpu, exit)))
		refuse_access(cpu, exit);
}

static void finish(struct cpu *cpu, const struct vmexit *exit, bool is_done)
{
	if (is_done)
		step_to(cpu, exit->next_rip);
	else
		inject_gp(cpu);
}

static void handle_msr(struct cpu *cpu, const struct vmexit *exit)
{
	cpu_count(cpu, HV_COUNT_MSR);
	finish(cpu, exit, exit->kind == VMEXIT_RDMSR ? msr_read(cpu) :
						       msr_write(cpu));
	startup_follow(cpu);
}

static void handle_io(struct cpu *cpu, const struct vmexit *exit)
{
	cpu_count(cpu, HV_COUNT_OTHER);
	finish(cpu, exit, device_port(cpu, exit));
}

/* Apart from the path of a call, which would run out of registers. */
static void __attribute__((noinline)) handle_other(struct cpu *cpu,
						   const struct vmexit *exit)
{
	switch (exit->kind) {
	case VMEXIT_HYPERCALL:
		hypercall(cpu, exit->next_rip);
		startup_follow(cpu);
		return;
	case VMEXIT_CPUID:
		cpu_count(cpu, HV_COUNT_CPUID);
		cpuid_for_os(cpu);
		step_to(cpu, exit->next_rip);
		return;
	case VMEXIT_NPT_FAULT:
		handle_npt_fault(cpu, exit);
		startup_follow(cpu);
		return;
	case VMEXIT_RDMSR:
	case VMEXIT_WRMSR:
		handle_msr(cpu, exit);
		return;
	case VMEXIT_VIRT_INSN:
		cpu_count(cpu, HV_COUNT_VIRT_INSN);
		cpu->vendor->inject(&cpu->os_vcpu, VECTOR_UD, false, 0);
		return;
	case VMEXIT_IO:
		handle_io(cpu, exit);
		return;
	case VMEXIT_INVD:		/* would undo others' writes: nothing */
		cpu_count(cpu, HV_COUNT_OTHER);
		step_to(cpu, exit->next_rip);
		return;
	case VMEXIT_INIT:		/* would take the CPU away: dropped */
	case VMEXIT_INTERRUPT:		/* not intercepted: nothing to do */
	case VMEXIT_SMI:
		cpu_count(cpu, HV_COUNT_OTHER);
		return;
	case VMEXIT_NMI:
		cpu_count(cpu, HV_COUNT_OTHER);
		startup_take_nmi(cpu);
		startup_follow(cpu);
		return;
	case VMEXIT_NMI_END:
		cpu_count(cpu, HV_COUNT_OTHER);
		startup_end_nmi(cpu);
		return;
	case VMEXIT_EXCEPTION:		/* nor are these */
	case VMEXIT_PRIVILEGED:
		cpu_count(cpu, HV_COUNT_OTHER);
		inject_gp(cpu);
		return;
	case VMEXIT_SHUTDOWN:
	case VMEXIT_UNKNOWN:
		log_line(&cpu->hv->log, "CPU %u: exit 0x%lx at 0x%lx", cpu->id,
			 exit->raw, cpu->os_vcpu.regs->rip);
		os_shut_down(cpu);
		return;
	}
	UNREACHABLE();
}

void os_handle_exit(struct cpu *cpu, const struct vmexit *exit)
{
	if (exit->kind == VMEXIT_HYPERCALL &&
	    cpu->os_vcpu.regs->rax == HC_PAL_CALL)
		pal_call(cpu, exit->next_rip);
	else
		handle_other(cpu, exit);
}

/* The OS lost a block since this CPU last looked: forget old translations. */
static void follow_epoch(struct cpu *cpu)
{
	uint64_t epoch = atomic_load_explicit(&cpu->hv->epoch,
					      memory_order_acquire);

	if (atomic_load_explicit(&cpu->epoch, memory_order_relaxed) == epoch)
		return;
	cpu->vendor->flush(&cpu->os_vcpu);
	atomic_store(&cpu->epoch, epoch);
}

void os_run(struct cpu *cpu)
{
	struct vmexit exit;

	flush_begin(cpu);
	msr_begin(cpu);
	for (;;) {
		follow_epoch(cpu);
		cpu->vendor->run(&cpu->os_vcpu, &exit);
		os_handle_exit(cpu, &exit);
	}
}
