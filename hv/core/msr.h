/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which model-specific registers the OS may use.
 *
 * One table for both vendors: a row that is not there passes without an exit
 * where the vendor's bitmap can say so, and is refused where it cannot.
 */
#ifndef CORE_MSR_H
#define CORE_MSR_H

#include <stdbool.h>

#include "core/cpu.h"

enum msr_rule {
	MSR_PASS,	/* the machine's, without an exit */
	MSR_REFUSE,	/* #GP */
	MSR_VALUE,	/* reads as the row's value */
	MSR_EFER,	/* the guest's own; SVME is set, for it is in use */
	MSR_APIC_BASE,	/* may change, but not move the APIC */
	MSR_ICR,	/* guarded like the APIC page, if it is guarded at all */
};

struct msr_row {
	uint32_t msr;
	enum msr_rule read, write;
	uint64_t value;
};

/* The table's rows, for the vendor's bitmap. */
const struct msr_row *msr_rows(unsigned int *count);

/*
 * Serve RDMSR or WRMSR of the OS: ECX names the register.  False: raise #GP,
 * nothing has changed.
 */
bool msr_read(struct cpu *cpu);
bool msr_write(struct cpu *cpu);

#endif
