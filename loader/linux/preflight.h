/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Whether a launch would work, asked before anything is touched.
 */
#ifndef LOADER_PREFLIGHT_H
#define LOADER_PREFLIGHT_H

#include <linux/types.h>

struct preflight {
	u32 reason;			/* HV_REASON_* */
	u32 cpu;			/* which CPU (Linux's number) */
};

/*
 * Check the machine and each online CPU; log the first obstacle and what to
 * do about it.  Changes nothing.  The caller holds cpus_read_lock().
 * Returns 0, or the errno of abi/ioctl.h with `result` filled in.
 */
int preflight_check(struct preflight *result);

/* Does a hypervisor of Palisade answer CPUID on this CPU? */
bool preflight_is_present(void);

#endif /* LOADER_PREFLIGHT_H */
