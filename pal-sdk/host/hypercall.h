/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypercall instruction of libpal.  Tests bring a version of their own. */
#ifndef HOST_HYPERCALL_H
#define HOST_HYPERCALL_H

#include <stdint.h>

struct hypercall_result {
	int64_t status; /* HV_OK or HV_E* */
	uint64_t rdx;
	uint64_t rcx;
	uint64_t r8;
};

/*
 * HC_PAL_CALL (abi/hypercall.h) on the thread of that handle.  Interrupts and
 * signals are taken while it runs; it goes on by itself afterwards.  Only to be
 * called once a PAL was made: without a hypervisor the instruction is a SIGILL.
 */
struct hypercall_result hypercall_pal_call(uint64_t handle, uint64_t entry,
					   uint64_t in_size, uint64_t out_size);

#endif /* HOST_HYPERCALL_H */
