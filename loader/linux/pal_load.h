/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * From an image in user memory to a PAL that can be called.
 */
#ifndef LOADER_PAL_LOAD_H
#define LOADER_PAL_LOAD_H

#include "abi/ioctl.h"
#include "pal.h"

/*
 * Create, load, give the window, start.  pal->handle, thread_count and window
 * are set as far as it gets; on failure the caller ends the PAL.
 * Returns 0 or an errno of PALISADE_CREATE.
 */
int pal_load(struct pal *pal, struct palisade_create *args);

#endif /* LOADER_PAL_LOAD_H */
