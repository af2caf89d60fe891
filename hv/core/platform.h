/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the core needs from the machine.  x86/ provides it; tests fake it.
 */
#ifndef CORE_PLATFORM_H
#define CORE_PLATFORM_H

#include "core/addr.h"

struct cpuid_regs {
	uint32_t eax, ebx, ecx, edx;
};

/* Where the hypervisor sees the pool: physical address plus this. */
#define PLATFORM_POOL_BASE	UINT64_C(0x400000000000)

/* The hypervisor's own memory and pool pages, nothing else, have pointers. */
void *hpa_to_ptr(hpa_t pa);
hpa_t ptr_to_hpa(const void *p);

/*
 * Let the CPU with this number see one page of the OS's memory, until its next
 * call; there is one such view for each CPU.
 */
void *platform_view_page(unsigned int cpu_id, hpa_t page);

/*
 * Registers of a device in memory: 4 bytes read, or 1, 2 or 4 written, within
 * a page.  They use this CPU's view.
 */
uint32_t platform_register_read(unsigned int cpu_id, hpa_t at);
void platform_register_write(unsigned int cpu_id, hpa_t at, unsigned int size,
			     uint32_t value);

/* The CPUID instruction. */
void platform_cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid_regs *out);

/* RDMSR and WRMSR that answer false where the CPU raises #GP. */
bool platform_read_msr(uint32_t msr, uint64_t *value);
bool platform_write_msr(uint32_t msr, uint64_t value);

/* IN and OUT of 1, 2 or 4 bytes. */
uint32_t platform_port_read(uint16_t port, unsigned int size);
void platform_port_write(uint16_t port, unsigned int size, uint32_t value);

/* The time stamp counter. */
uint64_t platform_ticks(void);

/* Bytes that hold x87, MMX and SSE state in the FXSAVE format. */
#define FPU_STATE_SIZE	512

/* Save this CPU's FPU state; `area` is 16-byte aligned. */
void platform_fpu_save(void *area);

/* Replace this CPU's FPU state, leaving nothing of the old one. */
void platform_fpu_load(const void *area);

/* Replace it by the state of FNINIT and a fresh MXCSR. */
void platform_fpu_reset(void);

/* Write one register of this CPU's local APIC (offset in its page). */
void platform_apic_write(uint32_t offset, uint32_t value);

/*
 * Send an NMI to the CPU with this APIC id.  The APIC's destination is then
 * what the OS left in it.
 */
void platform_apic_send_nmi(uint32_t apic_id, uint32_t destination);

/* Send one to every CPU but this one, whatever their ids are. */
void platform_apic_send_nmi_to_others(void);

/* Bring what the CPUs have cached of it to memory. */
void platform_write_back(const void *start, uint64_t size);

/* A moment in a loop that waits for another CPU. */
void platform_pause(void);

/*
 * Have this CPU forget what it keeps beside its registers: predictions of
 * indirect branches, those of returns, data in its internal buffers, the first
 * level of its data cache.  Answers which of these it could.
 */
#define FLUSH_BRANCHES	(1u << 24)
#define FLUSH_RETURNS	(1u << 25)
#define FLUSH_BUFFERS	(1u << 26)
#define FLUSH_L1D	(1u << 27)
#define FLUSH_ALL	(FLUSH_BRANCHES | FLUSH_RETURNS | FLUSH_BUFFERS | \
			 FLUSH_L1D)
uint32_t platform_flush(uint32_t what);

/* Reset the machine, as a triple fault does. */
void platform_reset(void) __attribute__((noreturn));

/* Serve HC_DEBUG_CRASH; only debug builds call it. */
int platform_crash(unsigned int how);

/* Text for a serial port, if the loader named one. */
void platform_console(const char *text, unsigned int length);

#endif
