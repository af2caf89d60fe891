/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The I/O ports by which this machine sleeps and is reset. */
#ifndef POWER_H
#define POWER_H

#include "abi/launch.h"

/* As ACPI's table FADT has them; what it does not have is 0. */
void power_fill(struct hv_power *power);

#endif
