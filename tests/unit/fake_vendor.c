/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_vendor.h"

#include "fake_platform.h"

#define EPT_RWX		UINT64_C(7)
#define EPT_WRITE_BACK	(UINT64_C(6) << 3)
#define EPT_LARGE	(UINT64_C(1) << 7)

static _Thread_local const struct fake_step *script;
static _Thread_local unsigned int script_left;

/* Intel's read, write and execute bits are in the order of NPT_*. */
static uint64_t ept_perm(unsigned int access)
{
	return access & EPT_RWX;
}

static unsigned int ept_access(uint64_t entry)
{
	return (unsigned int)(entry & EPT_RWX);
}

const struct npt_format ept_like_format = {
	.table = EPT_RWX,
	.leaf = EPT_WRITE_BACK,
	.large = EPT_LARGE,
	.present = EPT_RWX,
	.perm = ept_perm,
	.access = ept_access,
};

void fake_play(const struct fake_step *steps, unsigned int count)
{
	script = steps;
	script_left = count;
}

unsigned int fake_steps_left(void)
{
	return script_left;
}

static void run(struct vcpu *vcpu, struct vmexit *exit)
{
	struct fake_vcpu *fake = vcpu->hw;

	fake->run_count++;
	if (script_left == 0)
		fake_throw(FAKE_SCRIPT_END);
	if (script->act)
		script->act(vcpu);
	*exit = script->exit;
	script++;
	script_left--;
}

static uint64_t get(const struct vcpu *vcpu, enum guest_reg reg)
{
	const struct fake_vcpu *fake = vcpu->hw;

	return fake->regs[reg];
}

static void set(struct vcpu *vcpu, enum guest_reg reg, uint64_t value)
{
	struct fake_vcpu *fake = vcpu->hw;

	fake->regs[reg] = value;
}

static void set_npt(struct vcpu *vcpu, const struct npt *npt)
{
	struct fake_vcpu *fake = vcpu->hw;

	fake->npt = npt;
}

static void flush(struct vcpu *vcpu)
{
	struct fake_vcpu *fake = vcpu->hw;

	fake->flush_count++;
}

static void inject(struct vcpu *vcpu, uint8_t vector, bool has_error,
		   uint32_t error)
{
	struct fake_vcpu *fake = vcpu->hw;

	fake->inject_count++;
	fake->vector = vector;
	fake->has_error = has_error;
	fake->error = error;
}

static void load(struct vcpu *vcpu, const struct guest_state *from)
{
	struct fake_vcpu *fake = vcpu->hw;

	fake->loaded = *from;
}

static void cpu_leave(struct cpu *cpu) __attribute__((noreturn));

static void cpu_leave(struct cpu *cpu)
{
	(void)cpu;
	fake_throw(FAKE_LEFT);
}

void fake_vendor_make(struct vendor *vendor, const struct npt_format *format)
{
	*vendor = (struct vendor){
		.name = "fake",
		.npt = format,
		.cpu_leave = cpu_leave,
		.load = load,
		.run = run,
		.get = get,
		.set = set,
		.set_npt = set_npt,
		.flush = flush,
		.inject = inject,
	};
}
