/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Why this machine cannot launch, in words and as an errno.
 */
#ifndef LOADER_REASON_H
#define LOADER_REASON_H

#include <linux/types.h>

/*
 * Log what is wrong on CPU `cpu` (Linux's number) and what to do about it.
 * Returns the errno that abi/ioctl.h promises for HV_REASON_* `reason`.
 */
int reason_report(u32 reason, unsigned int cpu);

#endif /* LOADER_REASON_H */
