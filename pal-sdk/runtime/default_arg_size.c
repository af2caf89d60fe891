/* SPDX-License-Identifier: BSD-2-Clause */
/* Linked from the archive only into a PAL without PAL_ARG_SIZE(). */
#include "pal.h"

const uint64_t pal_arg_size = PAL_DEFAULT_ARG_SIZE;
