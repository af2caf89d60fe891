/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Which physical memory is RAM, as struct hv_launch wants it.
 */
#ifndef LOADER_RAM_MAP_H
#define LOADER_RAM_MAP_H

#include "abi/launch.h"

/*
 * Fill in ram[] and ram_count, ascending, adjacent ranges merged.
 * Returns 0, or -EOPNOTSUPP when there are more than HV_LAUNCH_RAM_MAX.
 */
int ram_map_fill(struct hv_launch *launch);

#endif /* LOADER_RAM_MAP_H */
