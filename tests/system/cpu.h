/* SPDX-License-Identifier: BSD-2-Clause */
/* On which CPU a case runs, and what the hypervisor has counted on all. */
#ifndef SYSTEM_CPU_H
#define SYSTEM_CPU_H

#include <stdint.h>
#include "abi/hypercall.h"

/* From here on this thread runs on that CPU; the case fails if it cannot. */
void cpu_pin(unsigned int cpu);

/* The sum of all CPUs' counters. */
uint64_t cpu_sum_counter(enum hv_counter counter);

#endif /* SYSTEM_CPU_H */
