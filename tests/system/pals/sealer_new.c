/* SPDX-License-Identifier: BSD-2-Clause */
/* An update: another measurement, a higher security version. */
#include "sealer_entries.h"

PAL_SECURITY_VERSION(2);
