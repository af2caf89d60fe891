/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypervisor's own segments, task state and interrupt gates. */
#ifndef X86_DESCRIPTORS_H
#define X86_DESCRIPTORS_H

#include <stdint.h>

/* APM Vol. 2, 12.2.5. */
struct task_state {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3;
	uint16_t io_map;
} __attribute__((packed));

_Static_assert(sizeof(struct task_state) == 104, "hardware");

/* One for each CPU. */
struct descriptors {
	uint64_t gdt[5];
	struct task_state tss;
};

/* Fill the interrupt gates, which all CPUs share.  Once. */
void descriptors_init(void);

/* Fill one CPU's table; exceptions run on the stack that ends there. */
void descriptors_prepare(struct descriptors *descriptors,
			 uint64_t exception_stack);

/* Make them this CPU's, all segment registers included. */
void descriptors_load(const struct descriptors *descriptors);

#endif
