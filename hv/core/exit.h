/* SPDX-License-Identifier: BSD-2-Clause */
/* Running the OS: every exit of its vCPU is decided here. */
#ifndef CORE_EXIT_H
#define CORE_EXIT_H

#include "core/cpu.h"

/* Run the OS on this CPU until it leaves the hypervisor for good. */
void os_run(struct cpu *cpu) __attribute__((noreturn));

/* Decide one exit. */
void os_handle_exit(struct cpu *cpu, const struct vmexit *exit);

/*
 * The OS has broken down beyond its own repair.  Do as the machine does without
 * us, but wipe the PALs first.  Not with hv->lock.
 */
void os_shut_down(struct cpu *cpu) __attribute__((noreturn));

#endif
