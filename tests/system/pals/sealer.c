/* SPDX-License-Identifier: BSD-2-Clause */
/* The first version. */
#include "sealer_entries.h"

PAL_SECURITY_VERSION(1);
