/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking the hypervisor (abi/hypercall.h), once this CPU is its guest. */
#ifndef GRUB_HYPERCALL_H
#define GRUB_HYPERCALL_H

#include <stdint.h>

static inline int64_t hypercall(uint64_t number, uint64_t rdi, uint64_t rsi)
{
	int64_t status;

	__asm__ volatile("vmmcall"
			 : "=a"(status), "+D"(rdi), "+S"(rsi)
			 : "0"(number)
			 : "rcx", "rdx", "r8", "memory");
	return status;
}

#endif
