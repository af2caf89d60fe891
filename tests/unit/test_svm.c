/* SPDX-License-Identifier: BSD-2-Clause */
/* svm/svm.c and the state that x86/capture.c makes for PALs, up to VMRUN. */
#include "svm/svm.h"

#include "fake_platform.h"
#include "lib/assert.h"
#include "test.h"
#include "x86/capture.h"
#include "x86/machine.h"

#define USER_DATA	0x23

/* What is not reached here, or only by the hypervisor's CPU. */
void svm_run(uint64_t vmcb_pa, struct guest_regs *regs, uint64_t host_pa);

void descriptors_load(const struct descriptors *descriptors)
{
	(void)descriptors;
	UNREACHABLE();
}

void svm_leave(struct cpu *cpu)
{
	(void)cpu;
	UNREACHABLE();
}

static struct svm_features features;
static struct svm_vcpu svm;
static struct vcpu vcpu;
static struct vmcb begun;		/* as the guest found it */
static uint16_t loaded_by_pal;		/* into each register that it can */

/* VMRUN; #VMEXIT saves what the guest has changed. */
void svm_run(uint64_t vmcb_pa, struct guest_regs *regs, uint64_t host_pa)
{
	struct vmcb *vmcb = hpa_to_ptr(hpa(vmcb_pa));

	(void)regs, (void)host_pa;
	begun = *vmcb;
	if (loaded_by_pal) {
		const struct vmcb_segment null = { .selector = loaded_by_pal };

		vmcb->ds = vmcb->es = vmcb->fs = vmcb->gs = null;
	}
	vmcb->exit_code = EXIT_VMMCALL;
}

static void setup(void)
{
	static struct guest_regs regs;
	struct guest_state state;

	fake_memory_reset(NULL);
	svm = (struct svm_vcpu){ .vmcb = fake_ram(FAKE_HV_BASE),
				 .vmcb_pa = FAKE_HV_BASE,
				 .features = &features };
	vcpu = (struct vcpu){ &regs, &svm };
	make_pal_state(&state);
	svm_vendor.load(&vcpu, &state);
}

static void run_pal(uint64_t tag, uint16_t selector)
{
	const struct npt npt = { .tag = tag, .root = hpa(tag * PAGE_SIZE) };
	struct vmexit exit;

	loaded_by_pal = selector;
	svm_vendor.set_npt(&vcpu, &npt);
	svm_vendor.run(&vcpu, &exit);
	CHECK_EQ(exit.kind, VMEXIT_HYPERCALL);
	CHECK_EQ(begun.nested_cr3, tag * PAGE_SIZE);
}

static bool is_users_data(const struct vmcb_segment *segment)
{
	return segment->selector == USER_DATA && segment->attributes == 0xcf3 &&
	       segment->limit == UINT32_MAX && segment->base == 0;
}

static bool are_segments_fresh(void)
{
	return is_users_data(&begun.ds) && is_users_data(&begun.es) &&
	       is_users_data(&begun.fs) && is_users_data(&begun.gs) &&
	       is_users_data(&begun.ss);
}

static void selectors_do_not_go_to_the_next_pal(void)
{
	setup();
	run_pal(1, 3);
	CHECK(are_segments_fresh());
	run_pal(2, 1);
	CHECK(are_segments_fresh());
	run_pal(1, 0);
	CHECK(are_segments_fresh());
}

/* A PAL that is called again and again costs no more. */
static void a_pal_s_own_selectors_may_stay(void)
{
	setup();
	run_pal(1, 3);
	run_pal(1, 0);
	CHECK_EQ(begun.ds.selector, 3);
}

static void what_a_pal_has_no_use_for_is_off(void)
{
	setup();
	run_pal(1, 0);
	/* PAE MCE OSFXSR OSXMMEXCPT; no XSAVE, FSGSBASE, PKE, CET. */
	CHECK_EQ(begun.cr4, 0x660);
	/* LME LMA NXE, and SVME that VMRUN wants; no SYSCALL. */
	CHECK_EQ(begun.efer, 0x1d00);
	CHECK_EQ(begun.dr7, 0x400);
	CHECK_EQ(begun.cpl, 3);
	CHECK(begun.gdtr.limit == 0 && begun.idtr.limit == 0 &&
	      begun.ldtr.attributes == 0);
	CHECK(begun.sysenter_cs == 0 && begun.kernel_gs_base == 0 &&
	      begun.lstar == 0);
	CHECK(begun.tsc_offset == 0 && begun.lbr_control == 0);
}

TESTS(
	RUN(selectors_do_not_go_to_the_next_pal);
	RUN(a_pal_s_own_selectors_may_stay);
	RUN(what_a_pal_has_no_use_for_is_off);
)
