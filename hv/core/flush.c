/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/flush.h"

#include "abi/policy.h"
#include "core/hv.h"

#define FLUSH_UNDECIDED		(1u << 31)

_Static_assert(!(SWITCH_MSRS & (FLUSH_ALL | FLUSH_UNDECIDED)), "they share a word");

#define LEAF_EXTENDED		0x00000007u
#define EXTENDED_EDX_MD_CLEAR	(1u << 10)
#define EXTENDED_EDX_IBPB	(1u << 26)
#define EXTENDED_EDX_L1D	(1u << 28)
#define EXTENDED_EDX_ARCH_CAPS	(1u << 29)
#define LEAF_AMD_SIZES		0x80000008u
#define SIZES_EBX_IBPB		(1u << 12)
#define SIZES_EBX_IBPB_RET	(1u << 30)	/* IBPB forgets returns, too */
#define LEAF_AMD_EXTENDED	0x80000021u
#define AMD_EAX_VERW_CLEAR	(1u << 5)
#define AMD_ECX_TSA_NO		6u		/* SQ, L1 */

#define MSR_ARCH_CAPS		0x10au
#define ARCH_CAPS_RDCL_NO	(1u << 0)	/* nor L1TF */
/* MDS TAA SBDR_SSDP FBSDP PSDP RFDS */
#define ARCH_CAPS_BUFFERS_NO	0x800e120u

/* Leaves that are not there answer with another's bits on Intel's. */
static struct cpuid_regs ask(uint32_t leaf)
{
	struct cpuid_regs out;

	platform_cpuid(leaf & 0x80000000u, 0, &out);
	if (out.eax < leaf)
		return (struct cpuid_regs){ 0 };
	platform_cpuid(leaf, 0, &out);
	return out;
}

/*
 * AMD's and Intel's bits lie in different leaves, and are 0 in the other's.  A
 * CPU that says nothing of a measure is held not to need it.
 */
static uint32_t needed(void)
{
	struct cpuid_regs extended = ask(LEAF_EXTENDED);
	struct cpuid_regs sizes = ask(LEAF_AMD_SIZES);
	struct cpuid_regs amd = ask(LEAF_AMD_EXTENDED);
	uint64_t caps = 0;
	uint32_t what = 0;

	if (extended.edx & EXTENDED_EDX_ARCH_CAPS)
		platform_read_msr(MSR_ARCH_CAPS, &caps);
	if (extended.edx & EXTENDED_EDX_IBPB || sizes.ebx & SIZES_EBX_IBPB)
		what = sizes.ebx & SIZES_EBX_IBPB_RET ?
		       FLUSH_BRANCHES : FLUSH_BRANCHES | FLUSH_RETURNS;
	if ((extended.edx & EXTENDED_EDX_MD_CLEAR &&
	     ~caps & ARCH_CAPS_BUFFERS_NO) ||
	    (amd.eax & AMD_EAX_VERW_CLEAR && ~amd.ecx & AMD_ECX_TSA_NO))
		what |= FLUSH_BUFFERS;
	if (extended.edx & EXTENDED_EDX_L1D && !(caps & ARCH_CAPS_RDCL_NO))
		what |= FLUSH_L1D;
	return what;
}

static void decide(struct cpu *cpu)
{
	uint32_t flags = cpu->hv->notary.policy_flags;
	uint32_t what = 0;

	if (flags & POLICY_FLUSH_ALL)
		what = FLUSH_ALL;
	else if (!(flags & POLICY_FLUSH_NONE))
		what = needed();
	what = platform_flush(what);
	cpu->switch_work = (cpu->switch_work & ~FLUSH_UNDECIDED) | what;
	log_line(&cpu->hv->log, "CPU %u: around PALs it forgets%s%s%s%s%s",
		 cpu->id, what & FLUSH_BRANCHES ? " branches" : "",
		 what & FLUSH_RETURNS ? " returns" : "",
		 what & FLUSH_BUFFERS ? " buffers" : "",
		 what & FLUSH_L1D ? " L1D" : "", what ? "" : " nothing");
}

void flush_begin(struct cpu *cpu)
{
	cpu->switch_work |= FLUSH_UNDECIDED;
}

/* The OS's data may stay in the cache: a PAL has no tables to reach it by. */
void flush_between_pals(const struct cpu *cpu)
{
	uint32_t what = cpu->switch_work & FLUSH_ALL & ~FLUSH_L1D;

	if (what)
		platform_flush(what);
}

void flush_for_pal(struct cpu *cpu)
{
	if (cpu->switch_work & FLUSH_UNDECIDED)
		decide(cpu);
	flush_between_pals(cpu);
}

void flush_for_os(struct cpu *cpu)
{
	if (cpu->switch_work & FLUSH_ALL)
		platform_flush(cpu->switch_work & FLUSH_ALL);
}
