/* SPDX-License-Identifier: BSD-2-Clause */
/* What a PAL did wrong, in words. */
#include <inttypes.h>
#include <stdio.h>
#include "abi/hypercall.h"
#include "device.h"
#include "error.h"
#include "instance.h"
#include "sim.h"

int pal_last_fault(const struct pal *pal, struct pal_fault *fault)
{
	if (!pal || !fault)
		return error_plain(PAL_EINVAL);
	if (atomic_load(&pal->fault_state) != FAULT_RECORDED)
		return error_set(PAL_EINVAL, "no call has found the PAL ended");
	*fault = pal->fault;
	return 0;
}

/* What the hypervisor found on the stack of a debug PAL. */
static size_t callers(const struct pal *pal, uint64_t *offsets, size_t limit)
{
	struct palisade_pal_info info;
	size_t i;

	if (device_pal_info(pal->descriptor, &info))
		return 0;
	for (i = 0; i < limit && i < info.pal.backtrace_count; i++)
		offsets[i] = info.pal.backtrace[i];
	return i;
}

size_t pal_backtrace(const struct pal *pal, uint64_t *offsets, size_t limit)
{
	size_t count;

	if (!pal || !offsets || !limit ||
	    atomic_load(&pal->fault_state) != FAULT_RECORDED ||
	    pal->fault.kind == PAL_FAULT_KILLED)
		return 0;
	if (pal->sim) {
		count = sim_backtrace(pal->sim, offsets, limit);
		if (count)
			return count;
	}
	offsets[0] = pal->fault.offset;
	return 1 + (pal->sim ? 0 :
			       callers(pal, offsets + 1, limit - 1));
}

static const char *access_words(uint32_t access)
{
	if (access & PAL_ACCESS_X)
		return "executed";
	return access & PAL_ACCESS_W ? "wrote to" : "read";
}

static const char *exception_words(uint32_t vector)
{
	static const char *const words[32] = {
		[0] = "divided by zero",
		[1] = "a debug exception",
		[3] = "a breakpoint instruction",
		[4] = "an overflow trap",
		[5] = "a bound-range exception",
		[6] = "an invalid instruction (or abort())",
		[7] = "used the floating-point unit while it was off",
		[8] = "a double fault",
		[10] = "an invalid task segment",
		[11] = "a missing segment",
		[12] = "a stack fault",
		[13] = "a general protection fault",
		[14] = "a page fault",
		[16] = "a floating-point error",
		[17] = "an unaligned access",
		[18] = "a machine check",
		[19] = "a vector floating-point error",
		[21] = "a control-flow violation",
	};

	return vector < 32 && words[vector] ? words[vector]
					    : "an unknown exception";
}

static const char *instruction_words(uint32_t instruction)
{
	static const char *const words[] = {
		[PAL_INSN_PRIVILEGED] = "a privileged instruction",
		[PAL_INSN_IO] = "port input or output",
		[PAL_INSN_MSR] = "RDMSR or WRMSR",
		[PAL_INSN_VIRT] = "a virtualization instruction",
		[PAL_INSN_HLT] = "HLT",
		[PAL_INSN_CR] = "an access to a control register",
		[PAL_INSN_DR] = "an access to a debug register",
		[PAL_INSN_DESCRIPTOR] = "an access to a descriptor table",
		[PAL_INSN_XSETBV] = "XSETBV",
		[PAL_INSN_INT] = "INT n",
	};

	return instruction < sizeof(words) / sizeof(words[0])
		       ? words[instruction]
		       : "a forbidden instruction";
}

/* Only debug PALs tell the address; others say 0. */
static int memory_text(const struct pal_fault *fault, char *buffer, size_t size)
{
	const char *did = access_words(fault->detail);

	if (!fault->address)
		return snprintf(buffer, size,
				"it %s an address that it may not so use "
				"(0, or untold because it is no debug PAL)",
				did);
	return snprintf(buffer, size,
			"it %s address 0x%" PRIx64 ", which it may not so use",
			did, fault->address);
}

/* Everything but the place; returns as snprintf(). */
static int cause_text(const struct pal_fault *fault, char *buffer, size_t size)
{
	switch (fault->kind) {
	case PAL_FAULT_NONE:
		return snprintf(buffer, size, "no fault");
	case PAL_FAULT_MEMORY:
		return memory_text(fault, buffer, size);
	case PAL_FAULT_EXCEPTION:
		return snprintf(buffer, size, "exception %u: %s", fault->detail,
				exception_words(fault->detail));
	case PAL_FAULT_INSTRUCTION:
		return snprintf(buffer, size, "it tried %s, which PALs may not",
				instruction_words(fault->detail));
	case PAL_FAULT_HYPERCALL:
		return snprintf(buffer, size,
				"it made a hypercall that PALs do not have");
	case PAL_FAULT_SHUTDOWN:
		return snprintf(buffer, size, "the CPU refused to run it on");
	case PAL_FAULT_KILLED:
		return snprintf(buffer, size, "it was ended from outside");
	default:
		return snprintf(buffer, size, "a fault of unknown kind %u",
				fault->kind);
	}
}

char *pal_fault_text(const struct pal_fault *fault, char *buffer, size_t size)
{
	int used = cause_text(fault, buffer, size);
	uint32_t kind = fault->kind;

	if (kind == PAL_FAULT_NONE || kind == PAL_FAULT_KILLED || used < 0 ||
	    (size_t)used >= size)
		return buffer;
	snprintf(buffer + used, size - (size_t)used,
		 ", at image offset 0x%" PRIx64, fault->offset);
	return buffer;
}
