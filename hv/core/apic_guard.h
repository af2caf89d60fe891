/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guarding the interrupt command register.
 *
 * Where the CPU cannot turn an INIT into an exit, an INIT sent to a CPU takes
 * it out from under the hypervisor.  On such machines, and only there, the
 * local APIC's registers are write-protected, and each write is looked at and
 * then done here.  The addresses above it, by which a CPU can forge messages
 * of devices, are not mapped at all.
 */
#ifndef CORE_APIC_GUARD_H
#define CORE_APIC_GUARD_H

#include "core/cpu.h"

/*
 * The OS sends an interrupt command, to `destination` or all ones.  True: it
 * may, nothing was done; false: it is done or dropped.
 */
bool apic_guard_allows(struct cpu *cpu, uint32_t icr_low, uint32_t destination);

/*
 * The OS wrote to the guarded page (VMEXIT_NPT_FAULT).  True: the write is done
 * or dropped, and RIP is behind it.  False: not an instruction that is known
 * here.
 */
bool apic_guard_write(struct cpu *cpu, const struct vmexit *exit);

#endif
