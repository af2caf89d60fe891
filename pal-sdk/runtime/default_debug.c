/* SPDX-License-Identifier: BSD-2-Clause */
/* Linked from the archive only into a PAL without PAL_DEBUG. */
#include "pal.h"

const uint64_t pal_is_debug = 0;
