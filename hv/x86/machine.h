/* SPDX-License-Identifier: BSD-2-Clause */
/* What x86/ keeps for each CPU, and how a CPU goes back to the loader. */
#ifndef X86_MACHINE_H
#define X86_MACHINE_H

#include "core/cpu.h"
#include "x86/descriptors.h"

struct machine_cpu {
	struct cpu cpu;
	struct descriptors descriptors;
};

_Static_assert(sizeof(struct machine_cpu) <= PAGE_SIZE, "one page");

/*
 * The loader's mapping of this piece of the hypervisor's memory, in which it
 * can be reached with the loader's CR3 outside guest mode.
 */
void *machine_alias(const void *own);

/* A CR3 that maps the loader's upper half and the hypervisor. */
uint64_t machine_boot_cr3(void);

#endif
