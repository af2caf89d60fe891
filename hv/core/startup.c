/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/startup.h"

#include "core/hv.h"

/* cpu->startup */
#define STARTUP_NONE	0u
#define STARTUP_INIT	1u	/* be reset */
#define STARTUP_WAIT	2u	/* for a startup IPI */
#define STARTUP_BEGIN	0x100u	/* with its vector in the low byte */

#define COMMAND_MODE		0x700u
#define COMMAND_INIT		0x500u
#define COMMAND_STARTUP		0x600u
#define COMMAND_LOGICAL		(1u << 11)
#define COMMAND_ASSERT		(1u << 14)
#define COMMAND_TO(command)	((command) >> 18 & 3)
#define TO_SELF			1u
#define TO_OTHERS		3u

#define VECTOR_NMI		2
#define CODE_REAL_MODE		0x09bu
#define DATA_REAL_MODE		0x093u
#define ATTRIBUTES_LDT		0x082u
#define ATTRIBUTES_TSS		0x08bu
#define LIMIT_REAL_MODE		0xffffu
#define CR0_CACHE_OFF		0x60000000u
#define PAT_RESET		UINT64_C(0x0007040600070406)

int startup_wait(struct cpu *cpu)
{
	if (!cpu->hv->starts_cpus || cpu->hv->phase != HV_STARTING)
		return HV_EPERM;
	atomic_store(&cpu->startup, STARTUP_WAIT);
	return HV_OK;
}

/* Whoever was told before, or waits, needs no NMI. */
static void send_init(struct cpu *cpu, struct cpu *to)
{
	uint32_t state = atomic_load(&to->startup);

	while (state != STARTUP_WAIT &&
	       !atomic_compare_exchange_weak(&to->startup, &state,
					     STARTUP_INIT))
		;
	if (state != STARTUP_NONE || to == cpu)
		return;
	atomic_store(&to->is_nmi_ours, true);
	platform_apic_send_nmi(to->apic_id, cpu->apic_destination);
}

/* One that runs does not notice; one that is not yet reset will be. */
static void send_startup(struct cpu *to, uint32_t vector)
{
	uint32_t state = atomic_load(&to->startup);

	while ((state == STARTUP_WAIT || state == STARTUP_INIT) &&
	       !atomic_compare_exchange_weak(&to->startup, &state,
					     STARTUP_BEGIN | vector))
		;
}

static bool is_meant(const struct cpu *cpu, const struct cpu *to,
		     uint32_t command, uint32_t destination)
{
	switch (COMMAND_TO(command)) {
	case 0:
		return !(command & COMMAND_LOGICAL) &&
		       (destination == to->apic_id ||
			destination == STARTUP_ALL);
	case TO_SELF:
		return to == cpu;
	case TO_OTHERS:
		return to != cpu;
	}
	return true;
}

void startup_send(struct cpu *cpu, uint32_t command, uint32_t destination)
{
	struct hv *hv = cpu->hv;
	unsigned int i;

	if (!hv->starts_cpus)
		return;
	for (i = 0; i < hv->cpu_count; i++) {
		struct cpu *to = hv->cpus[i];

		if (!is_meant(cpu, to, command, destination))
			continue;
		if ((command & COMMAND_MODE) == COMMAND_STARTUP)
			send_startup(to, command & 0xff);
		else if (command & COMMAND_ASSERT)
			send_init(cpu, to);
	}
}

int startup_stop(struct cpu *cpu, uint64_t apic_id)
{
	if (!cpu->hv->starts_cpus)
		return HV_EPERM;
	startup_send(cpu, COMMAND_INIT | COMMAND_ASSERT, (uint32_t)apic_id);
	return HV_OK;
}

/* APM Vol. 2, 14.1.3 and 14.7: what INIT and a startup IPI leave. */
static void begin_at(struct cpu *cpu, uint32_t vector)
{
	const struct guest_segment data = {
		.attributes = DATA_REAL_MODE,
		.limit = LIMIT_REAL_MODE,
	};
	const struct guest_state state = {
		.cr0 = CR0_CACHE_OFF | CR0_ET,
		.dr6 = 0xffff0ff0,
		.dr7 = 0x400,
		.pat = PAT_RESET,
		.cs = { (uint16_t)(vector << 8), CODE_REAL_MODE,
			LIMIT_REAL_MODE, vector << 12 },
		.ss = data,
		.ds = data,
		.es = data,
		.fs = data,
		.gs = data,
		.ldtr = { 0, ATTRIBUTES_LDT, LIMIT_REAL_MODE, 0 },
		.tr = { 0, ATTRIBUTES_TSS, LIMIT_REAL_MODE, 0 },
		.gdtr = { 0, LIMIT_REAL_MODE },
		.idtr = { 0, LIMIT_REAL_MODE },
	};
	struct cpuid_regs version;

	platform_cpuid(1, 0, &version);
	cpu->vendor->load(&cpu->os_vcpu, &state);
	cpu->vendor->flush(&cpu->os_vcpu);
	*cpu->os_vcpu.regs = (struct guest_regs){
		.rdx = version.eax,
		.rflags = RFLAGS_FIXED,
	};
	cpu->is_in_nmi = false;
	cpu->has_nmi_pending = false;
}

/*
 * The OS decides how long this takes, as it does on a machine without us.  What
 * it loses meanwhile is no matter to this CPU: it begins with a flush.
 */
static uint32_t wait_for_startup(struct cpu *cpu)
{
	uint32_t startup;

	for (;;) {
		startup = STARTUP_INIT;
		if (atomic_compare_exchange_strong(&cpu->startup, &startup,
						   STARTUP_WAIT))
			continue;
		if (startup >= STARTUP_BEGIN)
			return startup;
		atomic_store(&cpu->epoch, atomic_load(&cpu->hv->epoch));
		platform_pause();
	}
}

void startup_follow(struct cpu *cpu)
{
	uint32_t startup;

	if (atomic_load_explicit(&cpu->startup, memory_order_relaxed) ==
	    STARTUP_NONE)
		return;
	do {				/* the next INIT may be there already */
		startup = wait_for_startup(cpu);
		begin_at(cpu, startup & 0xff);
	} while (!atomic_compare_exchange_strong(&cpu->startup, &startup,
						 STARTUP_NONE));
}

static void hand_on_nmi(struct cpu *cpu)
{
	cpu->is_in_nmi = true;
	cpu->has_nmi_pending = false;
	cpu->vendor->inject(&cpu->os_vcpu, VECTOR_NMI, false, 0);
}

void startup_take_nmi(struct cpu *cpu)
{
	if (!cpu->hv->starts_cpus || atomic_exchange(&cpu->is_nmi_ours, false))
		return;
	if (cpu->is_in_nmi)
		cpu->has_nmi_pending = true;
	else
		hand_on_nmi(cpu);
}

void startup_end_nmi(struct cpu *cpu)
{
	cpu->is_in_nmi = false;
	if (cpu->has_nmi_pending)
		hand_on_nmi(cpu);
}
