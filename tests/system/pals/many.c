/* SPDX-License-Identifier: BSD-2-Clause */
/* The worker with as many threads as there can be. */
#include "worker_entries.h"

PAL_NAME("many");
PAL_THREADS(64);
