/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a CPU on which the hypervisor itself has gone wrong. */
#ifndef X86_CRASH_H
#define X86_CRASH_H

#include <stdint.h>

#include "core/hv.h"

/* What exceptions.S and the CPU have pushed. */
struct exception_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};

/* Where crash records go. */
void crash_init(struct hv *hv);

/* From exceptions.S. */
void exception_handle(struct exception_frame *frame);

#endif
