/* SPDX-License-Identifier: BSD-2-Clause */
/* Another program of the same name and version. */
#include "sealer_entries.h"

PAL_SECURITY_VERSION(1);

/* For its measurement. */
PAL_STACK_SIZE(0x12000);
