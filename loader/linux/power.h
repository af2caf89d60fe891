/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The registers that this machine's firmware tells of: by which it sleeps and
 * is reset, and PCI configuration in memory.
 */
#ifndef POWER_H
#define POWER_H

#include "abi/launch.h"

/* As ACPI's tables FADT and MCFG have them; the rest is 0. */
void power_fill(struct hv_launch *launch);

#endif
