/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The instructions that the PAL "faults" can be told to execute, in the order
 * of their numbers.  For C on both sides and for the assembler.
 */
#ifndef PALS_SNIPPETS_H
#define PALS_SNIPPETS_H

#define SNIPPETS(X) \
	X(hlt) X(cli) X(sti) X(in) X(out) X(ins) X(outs) \
	X(rdmsr) X(wrmsr) X(rdpmc) \
	X(mov_from_cr0) X(mov_to_cr0) X(mov_from_cr3) X(mov_to_cr3) \
	X(mov_to_cr4) X(mov_to_cr8) X(clts) X(lmsw) X(smsw) \
	X(mov_from_dr7) X(mov_to_dr7) X(mov_to_dr0) \
	X(syscall) X(sysret) X(sysenter) X(sysexit) X(iretq) X(far_return) \
	X(int3) X(int1) X(int_80) X(int_2) X(int_13) X(into) \
	X(vmrun) X(vmload) X(vmsave) X(stgi) X(clgi) X(skinit) X(invlpga) \
	X(vmcall) X(vmmcall_pal_call) X(vmmcall_zero) X(vmmcall_random) \
	X(vmmcall_unload) \
	X(lgdt) X(lidt) X(lldt) X(ltr) X(sgdt) X(sidt) X(sldt) X(str) \
	X(invlpg) X(invpcid) X(xsetbv) X(xgetbv) X(xsave) X(avx) \
	X(wbinvd) X(invd) X(monitor) X(mwait) X(swapgs) X(wrfsbase) \
	X(wrpkru) X(rsm) \
	X(ud2) X(lock_nop) X(long_insn) X(mov_to_ss) X(mov_to_fs) \
	X(divide_by_zero) X(divide_overflow) X(trap_flag) X(enter_stack) \
	X(simd_exception) X(bad_mxcsr) X(x87_exception) X(misaligned_sse) \
	X(non_canonical_read) X(non_canonical_jump) X(non_canonical_stack) \
	X(push_for_ever) X(call_for_ever) X(write_own_code) \
	X(read) X(write) X(jump) X(add) X(loop_without_if)

#ifndef __ASSEMBLER__
#define SNIPPET_NUMBER(name) SNIPPET_##name,
enum snippet { SNIPPETS(SNIPPET_NUMBER) SNIPPET_COUNT };
#undef SNIPPET_NUMBER

/* What entry FAULTS_RUN takes; FAULTS_WHERE takes the snippet only. */
struct faults_order {
	uint64_t snippet;
	uint64_t address; /* for read, write, jump, add */
};

/*
 * RUN executes the snippet.  WHERE gives the image offsets of the instruction
 * that faults and of what follows it.  CPUID takes a leaf and a subleaf and
 * gives EAX, EBX, ECX, EDX.
 */
enum { FAULTS_RUN, FAULTS_WHERE, FAULTS_CPUID };
#endif

#endif /* PALS_SNIPPETS_H */
