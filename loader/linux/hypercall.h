/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Asking the hypervisor (abi/hypercall.h), and what its answers are in Linux.
 */
#ifndef LOADER_HYPERCALL_H
#define LOADER_HYPERCALL_H

#include <linux/types.h>

#include "abi/hypercall.h"

struct hypercall_result {
	int status;			/* HV_OK or HV_E* */
	u64 rdx, rcx, r8;		/* as passed in where there is none */
};

/*
 * Ask.  Without a hypervisor the instruction faults: the caller holds
 * launch_use() or knows that this CPU has entered.
 */
struct hypercall_result hypercall(u64 number, u64 rdi, u64 rsi, u64 rdx);

/* Make every CPU drop stale translations; CPUs that run a PAL leave it. */
void hypercall_flush_all(void);

/* The errno (0 or negative) of an HV_E* status: the only such table. */
int hypercall_errno(int status);

#endif /* LOADER_HYPERCALL_H */
