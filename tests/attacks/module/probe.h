/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One access each, that lives through whatever the CPU answers. */
#ifndef PROBE_H
#define PROBE_H

#include <linux/types.h>

/* Returns ATTACK_WORKED or the trap's vector. */
int probe_read(const void *at, u64 *value);
int probe_write(void *at, u64 value);

#endif
