/* SPDX-License-Identifier: BSD-2-Clause */
/* "peer", which lets people hear what it says. */
#include "peer.c"

PAL_DEBUG;
