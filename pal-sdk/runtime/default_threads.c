/* SPDX-License-Identifier: BSD-2-Clause */
/* Linked from the archive only into a PAL without PAL_THREADS(). */
#include "pal.h"

const uint64_t pal_threads = 1;
