/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Registers and instructions of this CPU that a kernel should leave alone. */
#ifndef CPU_H
#define CPU_H

#include "attack.h"

int cpu_read_msr(struct attack_msr *msr);
int cpu_write_msr(struct attack_msr *msr);
int cpu_access_port(struct attack_port *port);
int cpu_execute(struct attack_execute *execute);

#endif
