/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine for the core: physical memory, and core/platform.h over it.
 *
 * RAM lies in two pieces with ragged ends, as a firmware's map has it.  The
 * hypervisor's pointers are as narrow as on a real machine: hpa_to_ptr() knows
 * the hypervisor's own memory and what hv->own maps of the pool, and a view of
 * an OS page ends at the page.
 */
#ifndef UNIT_FAKE_PLATFORM_H
#define UNIT_FAKE_PLATFORM_H

#include "abi/launch.h"
#include "core/hv.h"

#define MIB			(UINT64_C(1) << 20)
#define FAKE_LOW_SIZE		(64 * MIB)	/* from address 0 */
#define FAKE_HIGH_BASE		(4 * GIB)
#define FAKE_HIGH_SIZE		(6 * MIB)
#define FAKE_HV_BASE		(16 * MIB)
#define FAKE_HV_SIZE		(4 * MIB)
#define FAKE_APIC_BASE		UINT64_C(0xfee00000)
#define FAKE_PHYSICAL_END	(UINT64_C(1) << 40)

/* RAM: [0, 0x9f000), [1 MiB, FAKE_LOW_END), [4 GiB, 4 GiB + 5 MiB). */
#define FAKE_LOW_HOLE		UINT64_C(0x9f000)
#define FAKE_LOW_END		(62 * MIB + 0x3800)
#define FAKE_HIGH_END		(FAKE_HIGH_BASE + 5 * MIB)

/* All memory becomes zero; *launch, if not NULL, tells what there is. */
void fake_memory_reset(struct hv_launch *launch);

/* The byte at a physical address, whoever owns it; NULL if there is no RAM. */
void *fake_ram(uint64_t at);

/* The first page from `at` on, of low memory, that may not be zero. */
uint64_t fake_written(uint64_t at);

/* Is every byte of this page zero? */
bool fake_is_zero(uint64_t page);

/* Whose pool mapping hpa_to_ptr() obeys; NULL: all of RAM has pointers. */
extern struct hv *fake_hv;

/* This CPU's state; each host thread is a CPU. */
extern _Thread_local uint8_t fake_fpu[FPU_STATE_SIZE];

/* What CPUID answers, and what it was asked last; leaves of their own first. */
#define FAKE_LEAVES	8u
extern struct cpuid_regs fake_cpuid;
extern uint32_t fake_cpuid_leaf, fake_cpuid_subleaf;
extern struct fake_leaf {
	uint32_t leaf;
	struct cpuid_regs out;
} fake_leaves[FAKE_LEAVES];
extern unsigned int fake_leaf_count;

/* MSRs that exist; others raise #GP.  EFER takes only the bits of the mask. */
#define FAKE_MSRS	24u
struct fake_msr {
	uint32_t msr;
	uint64_t value;
	uint64_t writable;
};
extern struct fake_msr fake_msrs[FAKE_MSRS];

/* Whether the CPU takes it; NULL: what the mask says. */
extern bool (*fake_on_msr_write)(uint64_t old, uint64_t value);

/* What was written to the local APIC last, and how often. */
extern uint32_t fake_apic_offset, fake_apic_value;
extern unsigned int fake_apic_writes;
extern uint64_t fake_console_bytes;

/* What was written to a port last, how often, and what is read there. */
extern uint16_t fake_port;
extern unsigned int fake_port_size, fake_port_writes;
extern uint32_t fake_port_value;

/* What is read there, and who else is told of writes; NULL: nobody. */
extern uint32_t (*fake_on_port_read)(uint16_t port);
extern void (*fake_on_port_write)(uint16_t port, uint32_t value);

/* Registers in memory: what is read, and what was written last, how often. */
extern uint32_t (*fake_on_register_read)(uint64_t at);
extern uint64_t fake_register;
extern unsigned int fake_register_size, fake_register_writes;
extern uint32_t fake_register_value;

/* Who was sent an NMI last, and how often one was sent. */
#define FAKE_OTHERS		0xfffffffeu	/* all but the sender */
extern uint32_t fake_nmi_to;
extern unsigned int fake_nmis;

/* What happens elsewhere while a CPU pauses; NULL: FAKE_SCRIPT_END. */
extern void (*fake_on_pause)(void);

extern uint64_t fake_bytes_written_back;

/* What this CPU was last told to forget, how often, and what it cannot. */
extern uint32_t fake_flushed, fake_cannot_flush;
extern unsigned int fake_flushes;

/* How a call ended that may not return. */
enum fake_end {
	FAKE_RETURNED,
	FAKE_RESET,		/* platform_reset() */
	FAKE_LEFT,		/* vendor->cpu_leave() */
	FAKE_ASSERTED,		/* an ASSERT failed */
	FAKE_SCRIPT_END,	/* run() had nothing more to play */
};

enum fake_end fake_catch(void (*call)(void *), void *arg);
void fake_throw(enum fake_end end) __attribute__((noreturn));

/* Numbers that are the same in every run. */
uint64_t fake_random(uint64_t *seed);

#endif
