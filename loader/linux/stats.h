/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What can be asked about the hypervisor: the ioctls of the same names in
 * abi/ioctl.h.  `user` is their argument; each returns 0 or an errno.
 */
#ifndef LOADER_STATS_H
#define LOADER_STATS_H

#include <linux/compiler_types.h>

struct pal;

int stats_info(void __user *user);
int stats_slot_info(void __user *user);
int stats_cpu(void __user *user);
int stats_log(void __user *user);
int stats_policy(void __user *user);

/* PALISADE_PAL_INFO on the descriptor of `pal`. */
int stats_pal_info(struct pal *pal, void __user *user);

#endif /* LOADER_STATS_H */
