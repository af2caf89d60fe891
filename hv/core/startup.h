/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How CPUs come up when the hypervisor was there before the OS: the INITs and
 * startup IPIs that the OS sends are taken from it at the APIC (apic_guard.h)
 * and done here, so that each CPU begins under the hypervisor, never beside it.
 *
 * A CPU that shall stop where it is gets an NMI of ours.  So NMIs exit where
 * CPUs are started like this; the others are handed on, one at a time.
 */
#ifndef CORE_STARTUP_H
#define CORE_STARTUP_H

#include "core/cpu.h"

/*
 * HC_CPU_WAIT: at the next startup_follow() this CPU waits for a startup IPI.
 * HV_OK, or HV_EPERM if CPUs are not started here, or the launch is complete.
 */
int startup_wait(struct cpu *cpu);

#define STARTUP_ALL	UINT32_MAX	/* a destination: every CPU */

/*
 * The OS writes a command with INIT or a startup IPI to its APIC (APM Vol. 2,
 * 16.5); destination is an APIC id, or STARTUP_ALL.  Others than physical ids
 * are dropped, and all where CPUs are not started here.
 */
void startup_send(struct cpu *cpu, uint32_t command, uint32_t destination);

/* HC_CPU_STOP: as if the OS had sent an INIT to that APIC id. */
int startup_stop(struct cpu *cpu, uint64_t apic_id);

/*
 * Be reset, wait, begin, as was sent: before the OS goes on from an exit in
 * which that may have happened.
 */
void startup_follow(struct cpu *cpu);

/* An NMI was taken from the OS, or it leaves its handler of one. */
void startup_take_nmi(struct cpu *cpu);
void startup_end_nmi(struct cpu *cpu);

#endif
