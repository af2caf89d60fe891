/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * I/O ports: the access table's rows for them, carried out.  What lies in RAM
 * outlives most resets, so what ends the OS by a port is preceded by wiping.
 * And the A20 gate stays open.
 */
#ifndef CORE_PORT_H
#define CORE_PORT_H

#include "core/cpu.h"

/*
 * Serve an access of the OS (VMEXIT_IO).  False: raise #GP, nothing has
 * happened.  Does not return if the machine is reset or goes to sleep.
 */
bool port_access(struct cpu *cpu, const struct vmexit *exit);

#endif
