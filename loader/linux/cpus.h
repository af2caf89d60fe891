/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Taking all online CPUs into the hypervisor, and out of it.  The caller of
 * each function holds cpus_read_lock().
 */
#ifndef LOADER_CPUS_H
#define LOADER_CPUS_H

#include "abi/ioctl.h"
#include "image.h"
#include "policy.h"

/*
 * Enter on every CPU, or on none; the policy goes along.  On failure says why
 * in the log and in args->hv_status, hv_detail and failed_cpu.
 * Returns 0 or an errno of PALISADE_LAUNCH; -ENOTRECOVERABLE when a CPU that
 * entered would not leave again (a bug of the hypervisor): its memory is lost.
 */
int cpus_enter(const struct image *image, struct hv_launch *launch,
	       const struct policy *policy, struct palisade_launch *args);

/*
 * Leave on every CPU, after HC_UNLOAD has succeeded.
 * Returns 0 or -ENOTRECOVERABLE as above.
 */
int cpus_leave(void);

/*
 * Where CPUs are started under the hypervisor: one that Linux has put aside
 * leaves Linux's idling with its old translations, which would hold up the
 * pool, and waits in the hypervisor until Linux starts it.
 */
void cpus_stop(unsigned int cpu);
void cpus_stop_offline(void);

#endif /* LOADER_CPUS_H */
