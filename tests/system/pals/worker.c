/* SPDX-License-Identifier: BSD-2-Clause */
/* Does work that takes time, on several threads. */
#include "worker_entries.h"

PAL_NAME("worker");
PAL_THREADS(8);
