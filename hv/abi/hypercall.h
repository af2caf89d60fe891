/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypercall contract between Linux, applications, PALs and the hypervisor.
 *
 * This header is the only definition.  It compiles as C in the hypervisor, in
 * a PAL, in Linux user space and in the Linux kernel, and in assembly.
 *
 * A hypercall is VMMCALL (AMD) or VMCALL (Intel).  RAX holds the number, RDI,
 * RSI, RDX, RCX the arguments.  On return RAX holds HV_OK or a negative HV_E*,
 * RDX, RCX and R8 hold results where a call has some and are otherwise as
 * before.  All other registers are untouched.  Addresses named gpa are
 * guest-physical and page aligned; they must lie in RAM that is the OS's.
 */
#ifndef ABI_HYPERCALL_H
#define ABI_HYPERCALL_H

#define HV_ABI_VERSION		1
#define HV_MAX_CPUS		64

/*
 * CPUID leaf by which anyone may ask whether Palisade is there.
 * EBX, ECX, EDX spell "PalisadeHypr"; EAX is the ABI version.
 */
#define HV_CPUID_LEAF		0x4fff5000
#define HV_CPUID_EBX		0x696c6150	/* "Pali" */
#define HV_CPUID_ECX		0x65646173	/* "sade" */
#define HV_CPUID_EDX		0x72707948	/* "Hypr" */

/* ---- From CPL 3 of the process that opened the PAL ---------------------- */

/*
 * Call a function of a PAL, or go on with a call that was interrupted.
 *
 * RDI thread handle, RSI entry number, RDX input bytes, RCX output capacity;
 * the last three are handed to the PAL unseen.  While the PAL runs, interrupts
 * go to the OS; the instruction then simply executes again and resumes the PAL.
 * On HV_OK, RDX is what the PAL returned.
 * On HV_EFAULT, which only the call gets that broke the rule, RDX is a
 * PAL_FAULT_* word, RCX the offset of the faulting instruction in the image and
 * R8 the address it used (debug PALs; else 0).
 * HV_EPERM   not from CPL 3
 * HV_ENOENT  no such PAL or thread, or it belongs to another address space
 * HV_EBUSY   the thread is in use by another CPU or by an unfinished call
 * HV_EDEAD   the PAL was ended otherwise; RDX, RCX, R8 as for HV_EFAULT
 */
#define HC_PAL_CALL		0x50414c00

/* ---- From CPL 0 ---------------------------------------------------------- */

/* RDX: HV_ABI_VERSION; RCX: HV_FEATURE_* bits; R8: CPUs under the hypervisor. */
#define HC_INFO			0x50414c01

/*
 * Drop this CPU's stale translations; every CPU must do so after POOL_ADD
 * before the blocks can be used.  Always HV_OK.
 */
#define HC_FLUSH		0x50414c02

/*
 * Give the 2 MiB block at gpa RDI to the pool.  Usable after HC_FLUSH on all
 * CPUs; until then allocations answer HV_EAGAIN.
 * HV_EINVAL  unaligned, or not wholly RAM
 * HV_EPERM   not the OS's (the hypervisor's, or already given)
 * HV_EBUSY   a page of it is a window of a PAL
 * HV_ENOMEM  the pool has its maximum number of blocks
 */
#define HC_POOL_ADD		0x50414c03

/*
 * Take the block at gpa RDI back from the pool; what was ever a PAL's in it
 * reads as zero.
 * HV_ENOENT  not a block of the pool
 * HV_EBUSY   a page of it is in use
 */
#define HC_POOL_REMOVE		0x50414c04

/*
 * Make a PAL from the header page at gpa RDI (abi/pal_image.h).
 * RDX: the handle of its thread 0; thread i has handle RDX + i.  Only calls
 * from the address space with top-level page table RSI (physical; as CR3 has it
 * in user mode) can reach the PAL.  The kernel keeps that page in use for as
 * long as the PAL lives, so that no other address space gets it.
 * HV_EIMAGE  the header is refused; RDX is a PAL_IMAGE_* reason
 * HV_EINVAL  the address is no page of the OS's RAM
 * HV_EPERM   the launch is not complete, or unloading has begun
 * HV_ENOMEM  no page left in the pool, or no room for another PAL
 * HV_EAGAIN  the pool waits for HC_FLUSH
 */
#define HC_PAL_CREATE		0x50414c05

/*
 * Copy the next RDX (1..HC_LIST_MAX) image pages into the PAL.  The page at
 * gpa RSI holds that many gpas of source pages, 8 bytes each.
 * RDX: how many of them were taken; call again with the rest while it is less.
 * HV_EINVAL  more pages than the image has, or a bad gpa
 * HV_ENOMEM, HV_EAGAIN as above (RDX tells how many pages were taken)
 */
#define HC_PAL_LOAD		0x50414c06

/*
 * Append RDX (1..HC_LIST_MAX) pages of the caller's memory to the PAL's
 * window; list as for HC_PAL_LOAD.  RDX: how many were taken.
 * HV_EPERM   a page is not the OS's RAM
 * HV_EINVAL  the window would exceed its range, or the PAL was started
 * HV_EBUSY   the page's 2 MiB block has 16,383 window pages already
 * HV_ENOMEM, HV_EAGAIN as for HC_PAL_CREATE (for tables)
 */
#define HC_PAL_WINDOW		0x50414c07

/*
 * Finish loading: zeroed memory and stacks are made, then the PAL waits to be
 * judged.
 * HV_EAGAIN  in progress (or the pool waits for HC_FLUSH): call again
 * HV_EINVAL  image pages are missing
 */
#define HC_PAL_START		0x50414c08

/*
 * Copy the signature page (abi/pal_image.h) at gpa RSI into PAL RDI, which is
 * not judged yet.  A PAL without one is unsigned.
 */
#define HC_PAL_SIGNATURE	0x50414c11

/*
 * Have PAL RDI, which is started, judged by the notary; with HV_OK it is
 * admitted and can be called.
 * HV_EAGAIN    in progress, or another PAL that came before: call again
 * HV_EBUSY     another CPU is in the notary, for another PAL: call again
 * HV_EREFUSED  it may not run; RDX is the reason, a NOTARY_E* without its sign
 * HV_EDEAD     the notary was not started, has ended or has failed
 */
#define HC_PAL_JUDGE		0x50414c12

/*
 * Give the policy (abi/policy.h): RSI bytes, in the pages that the list page at
 * gpa RDI names.  Before HC_LAUNCHED, once.
 * HV_EINVAL  a bad size or gpa: nothing was taken
 * HV_EPERM   there is one already, or it comes too late
 */
#define HC_POLICY		0x50414c13

/*
 * Start the notary, after HC_LAUNCHED; no PAL is judged without it.
 * HV_EAGAIN    in progress, or the pool waits for HC_FLUSH: call again
 * HV_ENOMEM    the pool is too small
 * HV_EDEAD     it has failed, or is being ended
 */
#define HC_NOTARY_START		0x50414c14

/*
 * End the PAL of handle RDI, wipe its memory and give it back to the pool.
 * HV_EAGAIN  in progress, or a thread is still on another CPU: call again.
 */
#define HC_PAL_DESTROY		0x50414c09

/*
 * Describe PAL slot RDI (0..HV_MAX_PALS-1) in struct hv_pal_info at gpa RSI.
 * HV_ENOENT when the slot is free, HV_EINVAL when there is no such slot.
 */
#define HC_PAL_INFO		0x50414c0a

/* Counters of CPU RDI: struct hv_cpu_stats at gpa RSI. */
#define HC_CPU_STATS		0x50414c0b

/* Memory in use: struct hv_memory_info at gpa RSI. */
#define HC_MEMORY_INFO		0x50414c0c

/*
 * Copy log text from byte number RDI on to the page at gpa RSI.
 * RDX: the byte number of the first byte copied (older text is overwritten);
 * RCX: bytes copied, 0 at the end.
 */
#define HC_LOG_READ		0x50414c0d

/*
 * Stop taking new PALs, as the first step of unloading.
 * RDI        HC_UNLOAD_* or 0
 * HV_EBUSY   PALs live; HC_UNLOAD_FORCE ends and wipes them first
 * HV_EAGAIN  wiping, or a call of the notary, is in progress: call again
 * HV_EPERM   the pool still holds blocks: take them back, then call again; or
 *            the policy forbids it.  The notary has ended by then, so no PAL
 *            can be made any more (unless the policy forbade it).
 * With HC_UNLOAD_STAY nobody leaves, so neither pool nor policy matter: for a
 * reset that comes in good order.  Where there was no OS at the launch only
 * that is allowed, and new PALs can be made afterwards, by what is booted next.
 */
#define HC_UNLOAD		0x50414c0e
#define HC_UNLOAD_FORCE		1
#define HC_UNLOAD_STAY		2

/*
 * Leave guest mode: this CPU goes on natively after the instruction.
 * HV_EPERM   HC_UNLOAD did not succeed before, or the policy forbids it,
 *            unless the launch is not yet complete (HC_LAUNCHED not yet
 *            called); or there was no OS at the launch: what was measured then
 *            stays until the machine is reset
 */
#define HC_CPU_LEAVE		0x50414c0f

/*
 * The loader says that every CPU has entered; from now on PALs can be made.
 * HV_EPERM    a CPU has not entered, or it was called before
 * HV_ENOTSUP  the policy requires DMA protection, and there is an IOMMU that
 *             cannot be had: it is in use, say (the log tells)
 */
#define HC_LAUNCHED		0x50414c10

/*
 * Where there was no OS at the launch (HV_LAUNCH_BEFORE_OS): this CPU waits for
 * the OS's startup IPI, and goes on where that says, in real mode.
 * HV_EPERM   there was one, or HC_LAUNCHED was called
 */
#define HC_CPU_WAIT		0x50414c15

/*
 * There, too: make the CPU with APIC id RDI wait like that, as an INIT does.  A
 * CPU that the OS has given up would else never flush, and hold up the pool.
 * HV_EPERM   there was an OS at the launch
 */
#define HC_CPU_STOP		0x50414c16

/*
 * Debug builds only (else HV_ENOSYS): make the hypervisor fail on this CPU, to
 * see its crash record.  RDI: HC_CRASH_*.  Does not return, but for the last.
 */
#define HC_DEBUG_CRASH		0x50414c7f
#define HC_CRASH_ASSERT		0	/* a failed assertion */
#define HC_CRASH_EXCEPTION	1	/* #UD */
#define HC_CRASH_STACK		2	/* its stack overflows */
#define HC_CRASH_WRITE_CODE	3	/* it writes its own code */
#define HC_CRASH_EXECUTE_DATA	4
#define HC_CRASH_OS_MEMORY	5	/* it reads where only the OS has memory */
#define HC_CRASH_MSR		6	/* a guarded WRMSR gets #GP: HV_OK */

/* ---- From a PAL ---------------------------------------------------------- */

/* End the call; RDI is handed to the caller. */
#define HC_PAL_RETURN		0x50414c80

/*
 * Call a function of another PAL.  RDI is the address of a struct
 * pal_peer_call (abi/pal_image.h) in the caller's private memory; RDX is what
 * the function returned, and that many bytes are at `out`.
 * HV_ENOENT  no PAL of that name is open, or none that takes calls
 * HV_EPERM   the policy does not let this PAL call that one
 * HV_EBUSY   all its threads are in use.  Of the notary: by CPUs; where only
 *            suspended calls have them, this one finishes one of those first
 * HV_ELOOP   it waits for this call already, or too many PALs wait
 * HV_EDEAD   it was ended during the call
 * HV_EINVAL  an address is not the caller's own, or a size is too large
 */
#define HC_PAL_CALL_PEER	0x50414c81

/* ---- Status -------------------------------------------------------------- */

#define HV_OK			0
#define HV_EINVAL		(-1)	/* an argument is malformed */
#define HV_ENOSYS		(-2)	/* no such hypercall */
#define HV_ENOMEM		(-3)	/* out of pool pages or of slots */
#define HV_EPERM		(-4)	/* the caller may not do this */
#define HV_EBUSY		(-5)	/* the PAL, thread or page is in use */
#define HV_EAGAIN		(-6)	/* not finished: call again */
#define HV_EFAULT		(-7)	/* the PAL broke a rule and was ended */
#define HV_EDEAD		(-8)	/* the PAL was ended, not by this call */
#define HV_ENOENT		(-9)	/* no such object */
#define HV_EIMAGE		(-10)	/* the PAL image is refused */
#define HV_ENOTSUP		(-11)	/* the machine lacks something needed */
#define HV_EREFUSED		(-12)	/* the notary does not admit the PAL */
#define HV_ELOOP		(-13)	/* PALs would wait for each other */

/* HC_INFO features. */
#define HV_FEATURE_APIC_GUARD	(1 << 0)	/* INIT is caught at the ICR */
#define HV_FEATURE_DEBUG	(1 << 1)	/* a debug build: invariants checked */
#define HV_FEATURE_BEFORE_OS	(1 << 2)	/* it was there before the OS */
#define HV_FEATURE_IOMMU	(1 << 3)	/* DMA protection is on */
/* And two bits, HV_ROOT_* of abi/root.h: what the started notary seals under. */
#define HV_FEATURE_ROOT_SHIFT	4
#define HV_FEATURE_ROOT(bits)	((bits) >> HV_FEATURE_ROOT_SHIFT & 3)
#define HV_FEATURE_POLICY	(1 << 6)	/* a policy was given: bits 31:16 are */
#define HV_FEATURE_POLICY_SHIFT	16		/* its POLICY_* (abi/policy.h) */

/*
 * The fault word (RDX of HV_EFAULT): bits 7:0 the kind, bits 15:8 the detail.
 */
#define PAL_FAULT_NONE		0
#define PAL_FAULT_MEMORY	1	/* detail: PAL_ACCESS_* that was tried */
#define PAL_FAULT_EXCEPTION	2	/* detail: the x86 vector */
#define PAL_FAULT_INSTRUCTION	3	/* detail: PAL_INSN_* */
#define PAL_FAULT_HYPERCALL	4	/* a hypercall that PALs do not have */
#define PAL_FAULT_SHUTDOWN	5	/* the CPU refused to go on */
#define PAL_FAULT_KILLED	6	/* ended from outside */
#define PAL_FAULT_WORD(kind, detail)	((kind) | (detail) << 8)
#define PAL_FAULT_KIND(word)		((word) & 0xff)
#define PAL_FAULT_DETAIL(word)		((word) >> 8 & 0xff)

#define PAL_INSN_PRIVILEGED	0	/* not named below */
#define PAL_INSN_IO		1	/* IN, OUT, INS, OUTS */
#define PAL_INSN_MSR		2	/* RDMSR, WRMSR */
#define PAL_INSN_VIRT		3	/* VMRUN and its kin */
#define PAL_INSN_HLT		4
#define PAL_INSN_CR		5	/* MOV CR, CLTS, LMSW, SMSW */
#define PAL_INSN_DR		6
#define PAL_INSN_DESCRIPTOR	7	/* xGDT, xIDT, xLDT, xTR */
#define PAL_INSN_XSETBV		8
#define PAL_INSN_INT		9	/* INT n */

/* Access, as in an image's segments and in PAL_FAULT_MEMORY. */
#define PAL_ACCESS_R		1
#define PAL_ACCESS_W		2
#define PAL_ACCESS_X		4

#define HC_LIST_MAX		512	/* gpas in one page */
#define HV_MAX_PALS		256
#define HV_PAL_NAME_SIZE	32
#define PAL_BACKTRACE_MAX	16

#ifndef __ASSEMBLER__
#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/build_bug.h>
#else
#include <stdint.h>
#endif

/* What the hypervisor counts, for each CPU, since launch. */
enum hv_counter {
	HV_COUNT_CPUID,
	HV_COUNT_MSR,
	HV_COUNT_HYPERCALL,	/* all but HC_PAL_CALL */
	HV_COUNT_PAL_CALL,	/* calls begun */
	HV_COUNT_PAL_RESUME,	/* interrupted calls taken up again */
	HV_COUNT_PAL_INTERRUPT,	/* a PAL stopped for an interrupt, NMI, SMI */
	HV_COUNT_PAL_FAULT,
	HV_COUNT_PAL_CPUID,
	HV_COUNT_APIC_GUARD,	/* writes to the guarded APIC page or ICR */
	HV_COUNT_NPT_FAULT,	/* the OS touched what is not its own */
	HV_COUNT_VIRT_INSN,	/* VMRUN and its kin: #UD */
	HV_COUNT_OTHER,
	HV_COUNTERS
};

struct hv_cpu_stats {
	uint64_t count[HV_COUNTERS];
};

struct hv_memory_info {
	uint64_t hypervisor_bytes;	/* its one allocation */
	uint64_t hypervisor_free_bytes;	/* never used part of it */
	uint64_t pool_blocks;		/* 2 MiB each */
	uint64_t pool_free_pages;	/* 4 KiB each */
	uint64_t pal_count;
};

enum hv_pal_state {
	PAL_FREE,
	PAL_LOADING,
	PAL_READY,
	PAL_DYING,
	PAL_DEAD,
	PAL_WAITING,		/* loaded, not yet judged by the notary */
};

struct hv_pal_info {
	uint64_t handle;
	uint32_t state;		/* enum hv_pal_state */
	uint32_t thread_count;
	uint64_t page_count;	/* private pages, tables included */
	uint64_t window_count;	/* pages of the caller's memory */
	uint64_t call_count;
	uint64_t ticks;		/* of the time stamp counter, spent in it and in
				 * PALs that it called */
	uint64_t fault_word;
	uint64_t fault_offset;
	uint32_t flags;		/* of the image */
	uint32_t security_version;
	char name[HV_PAL_NAME_SIZE];
	uint32_t backtrace_count;	/* of a debug PAL that broke a rule: */
	uint32_t measured_count;	/* pages that the notary has been shown
					 * to measure, of its image's */
	uint64_t backtrace[PAL_BACKTRACE_MAX];	/* offsets of return
						 * addresses, innermost first */
};

_Static_assert(sizeof(struct hv_cpu_stats) == 8 * HV_COUNTERS, "ABI");
_Static_assert(sizeof(struct hv_memory_info) == 40, "ABI");
_Static_assert(sizeof(struct hv_pal_info) == 240, "ABI");

#endif /* __ASSEMBLER__ */
#endif /* ABI_HYPERCALL_H */
