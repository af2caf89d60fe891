/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Hypercalls of a kernel that may be lying. */
#ifndef CALL_H
#define CALL_H

#include "attack.h"

/* Lives through a machine without hypervisor. */
int call_make(struct attack_call *call);

#endif
