/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/cpuid.h"

#include "core/hv.h"

#define LEAF_FEATURES		0x00000001u
#define LEAF_EXTENDED_FEATURES	0x00000007u
#define LEAF_AMD_FEATURES	0x80000001u
#define LEAF_SVM		0x8000000au

#define FEATURES_ECX_OSXSAVE	(1u << 27)
#define EXTENDED_ECX_OSPKE	(1u << 4)
#define AMD_ECX_SVM		(1u << 2)
#define AMD_ECX_SKINIT		(1u << 12)

/* SSE3 PCLMULQDQ SSSE3 SSE4.1 SSE4.2 MOVBE POPCNT AES RDRAND */
#define PAL_FEATURES_ECX	0x42d80203u
/* FPU TSC CX8 CMOV CLFSH MMX FXSR SSE SSE2 */
#define PAL_FEATURES_EDX	0x07888111u
/* BMI2 ERMS RDSEED ADX SHA */
#define PAL_EXTENDED_EBX	0x200c0300u

static void answer(struct guest_regs *regs, const struct cpuid_regs *out)
{
	regs->rax = out->eax;
	regs->rbx = out->ebx;
	regs->rcx = out->ecx;
	regs->rdx = out->edx;
}

/* A bit that says what the guest has switched on, not what we have. */
static uint32_t follow(uint32_t value, uint32_t bit, bool is_on)
{
	return is_on ? value | bit : value & ~bit;
}

void cpuid_for_os(struct cpu *cpu)
{
	struct guest_regs *regs = cpu->os_vcpu.regs;
	uint32_t leaf = (uint32_t)regs->rax;
	uint32_t subleaf = (uint32_t)regs->rcx;
	uint64_t cr4 = cpu->vendor->get(&cpu->os_vcpu, GUEST_CR4);
	struct cpuid_regs out;

	platform_cpuid(leaf, subleaf, &out);
	switch (leaf) {
	case LEAF_FEATURES:
		out.ecx = follow(out.ecx, FEATURES_ECX_OSXSAVE,
				 cr4 & CR4_OSXSAVE);
		break;
	case LEAF_EXTENDED_FEATURES:
		if (subleaf == 0)
			out.ecx = follow(out.ecx, EXTENDED_ECX_OSPKE,
					 cr4 & CR4_PKE);
		break;
	case LEAF_AMD_FEATURES:
		out.ecx &= ~(AMD_ECX_SVM | AMD_ECX_SKINIT);
		break;
	case LEAF_SVM:
		out = (struct cpuid_regs){ 0 };
		break;
	case HV_CPUID_LEAF:
		out = (struct cpuid_regs){ HV_ABI_VERSION, HV_CPUID_EBX,
					   HV_CPUID_ECX, HV_CPUID_EDX };
		break;
	}
	answer(regs, &out);
}

void cpuid_for_pal(struct guest_regs *regs)
{
	uint32_t leaf = (uint32_t)regs->rax;
	uint32_t subleaf = (uint32_t)regs->rcx;
	struct cpuid_regs out = { 0 };

	switch (leaf) {
	case 0:
		platform_cpuid(leaf, 0, &out);
		out.eax = LEAF_EXTENDED_FEATURES;
		break;
	case LEAF_FEATURES:
		platform_cpuid(leaf, 0, &out);
		out.ebx = 0;		/* which CPU this is */
		out.ecx &= PAL_FEATURES_ECX;
		out.edx &= PAL_FEATURES_EDX;
		break;
	case LEAF_EXTENDED_FEATURES:
		if (subleaf != 0)
			break;
		platform_cpuid(leaf, 0, &out);
		out = (struct cpuid_regs){ .ebx = out.ebx & PAL_EXTENDED_EBX };
		break;
	}
	answer(regs, &out);
}
