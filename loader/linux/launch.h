/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Whether there is a hypervisor beneath us: launching, using, unloading.
 *
 * Each launch has a generation, 1 and up; 0 is none.  Whoever wants something
 * of the hypervisor names the generation it began with, so what was made
 * under an earlier launch never reaches a later one.
 *
 * Lock order: launch_use() or the launch lock, cpus_read_lock(), the pool's
 * mutex, the PAL list's lock.  Nobody touches user memory under any of them,
 * so no program can hold up an unload or a reboot.
 */
#ifndef LOADER_LAUNCH_H
#define LOADER_LAUNCH_H

#include <linux/types.h>

#include "abi/ioctl.h"

/* As PALISADE_LAUNCH and PALISADE_UNLOAD in abi/ioctl.h. */
int launch_check(struct palisade_launch *args);
int launch_start(struct palisade_launch *args);
int launch_unload(int *hv_status);
int launch_unload_force(int *hv_status);

/*
 * When the module is loaded: take up a hypervisor that was there before Linux,
 * if there is one.  Returns 0, -EPROTO if it is not of this version, or an
 * error of starting its notary.
 */
int launch_connect(void);

/* The generation that is there now, or 0. */
u64 launch_generation(void);

/*
 * Keep the hypervisor of `generation` there until launch_unuse(); not for
 * long.  Returns 0, or -ENODEV when it is gone.
 */
int launch_use(u64 generation);
void launch_unuse(void);

/* CPUs under the hypervisor, how long the launch took; 0 without one. */
u32 launch_cpu_count(void);
u64 launch_duration_ns(void);

/*
 * Copy the policy of the launch to `bytes`, which has room for
 * POLICY_SIZE_MAX; *size is 0 if there is none.  Returns 0, -ENODEV without a
 * launch, -ENODATA if whoever started the hypervisor before Linux has it.
 */
int launch_policy(void *bytes, u32 *size);

/* Whether any CPU is (or may be) in guest mode; no lock needed by hotplug. */
bool launch_holds_cpus(void);

/* Whether CPUs come and go under it, since it was there before Linux. */
bool launch_starts_cpus(void);

/*
 * Forbid launching until launch_allow().  Returns 0, or -EBUSY when there is
 * a hypervisor already.
 */
int launch_forbid(void);
void launch_allow(void);

/*
 * The kernel is going down: end all PALs and unload (one that was there before
 * Linux stays), and never launch again.
 */
void launch_end_for_good(void);

#endif /* LOADER_LAUNCH_H */
