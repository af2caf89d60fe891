/* SPDX-License-Identifier: BSD-2-Clause */
/* The same without PAL_DEBUG. */
#define SIM_TEST_QUIET
#include "sim_pal.c"
