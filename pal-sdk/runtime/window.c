/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the window lies in a PAL; the unit tests bring their own. */
#include "runtime.h"
#include "abi/pal_image.h"

unsigned char *const runtime_window = (unsigned char *)PAL_WINDOW_BASE;
unsigned char *const runtime_peer_area = (unsigned char *)PAL_PEER_BASE;
