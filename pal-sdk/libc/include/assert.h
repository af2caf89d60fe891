/* SPDX-License-Identifier: BSD-2-Clause */
/* A failed assertion ends the PAL.  It also holds in release builds. */
#ifndef PALC_ASSERT_H
#define PALC_ASSERT_H

#include <stdlib.h>

#define static_assert _Static_assert
#define assert(claim) ((claim) ? (void)0 : abort())

#endif
