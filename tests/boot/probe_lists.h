/* SPDX-License-Identifier: BSD-2-Clause */
/* What is tried: tables for probes.c. */
#ifndef BOOT_PROBE_LISTS_H
#define BOOT_PROBE_LISTS_H

#include "probe.h"

struct probe {
	const char *name;
	void (*probe)(void);
	bool needs_protection;	/* in real mode it would lose the way */
};

/* Both end with an entry without a name. */
extern const struct probe probe_list[], interrupt_list[];

extern const struct {
	uint32_t leaf, subleaf;
} cpuid_list[];
extern const unsigned int cpuid_count;

extern const uint32_t msr_list[];
extern const unsigned int msr_count;
extern const struct {
	uint32_t msr, value;
} msr_write_list[];
extern const unsigned int msr_write_count;

/* Of in[0], in[1]; the results in out. */
void read_cpuid(void);
void read_msr(void);
void write_msr(void);
void read_dr(void);

/* sequences.S */
extern const char break_at[], break_after[], break_nop[], bytes[];
void break_cpuid(void);
void break_nops(void);
void break_data(void);

#endif
