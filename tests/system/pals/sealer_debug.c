/* SPDX-License-Identifier: BSD-2-Clause */
/* Everybody may look into this one. */
#include "sealer_entries.h"

PAL_SECURITY_VERSION(1);
PAL_DEBUG;
