/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of devices, by port and in memory: the access table's rows for
 * them, carried out.  What lies in RAM outlives most resets, so what ends the
 * OS is preceded by wiping; the chipset's configuration, which says what an
 * address means, stays as it is; and so does the A20 gate, open.
 */
#ifndef CORE_DEVICE_H
#define CORE_DEVICE_H

#include "core/cpu.h"

/*
 * Serve an access of the OS to a port (VMEXIT_IO).  False: raise #GP, nothing
 * has happened.  Does not return if the machine is reset or goes to sleep.
 */
bool device_port(struct cpu *cpu, const struct vmexit *exit);

/*
 * The OS wrote to memory that is write-protected for the table's sake
 * (VMEXIT_NPT_FAULT).  As device_port(); true: RIP is behind the instruction.
 */
bool device_write(struct cpu *cpu, const struct vmexit *exit);

#endif
