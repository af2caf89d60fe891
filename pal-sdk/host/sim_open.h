/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening a PAL in the simulator. */
#ifndef HOST_SIM_OPEN_H
#define HOST_SIM_OPEN_H

#include "instance.h"

/*
 * Run the PAL of this image of size bytes (with its signature), which
 * image_check() let pass, in the simulator: sets pal->sim.  Returns 0,
 * PAL_EPOLICY, PAL_EIO, PAL_ENOMEM or PAL_EPROTO.
 */
int sim_open(struct pal *pal, const void *image, size_t size);

#endif /* HOST_SIM_OPEN_H */
