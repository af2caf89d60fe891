/* SPDX-License-Identifier: BSD-2-Clause */
/* core/platform.h on a real machine, but for memory (x86/paging.c). */
#include "core/platform.h"

#include "core/guest_state.h"
#include "x86/insn.h"
#include "x86/layout.h"
#include "x86/serial.h"

bool read_msr_guarded(uint32_t msr, uint64_t *value);	/* exceptions.S */
bool write_msr_guarded(uint32_t msr, uint64_t value);

#define LINE_SIZE	UINT64_C(64)
#define MXCSR_INITIAL	0x1f80u
#define APIC_BASE_X2APIC	(1u << 10)
#define APIC_ICR_LOW	0x300u
#define APIC_ICR_HIGH	0x310u
#define ICR_NMI		0x4400u		/* asserted */
#define ICR_TO_OTHERS	0xc0000u

void platform_cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid_regs *out)
{
	__asm__ volatile("cpuid"
			 : "=a"(out->eax), "=b"(out->ebx), "=c"(out->ecx),
			   "=d"(out->edx)
			 : "a"(leaf), "c"(subleaf));
}

uint32_t platform_port_read(uint16_t port, unsigned int size)
{
	uint32_t value = 0;

	if (size == 1)
		return read_port8(port);
	if (size == 2)
		__asm__ volatile("inw %1, %w0" : "+a"(value) : "Nd"(port));
	else
		__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

void platform_port_write(uint16_t port, unsigned int size, uint32_t value)
{
	if (size == 1)
		write_port8(port, (uint8_t)value);
	else if (size == 2)
		__asm__ volatile("outw %w0, %1" : : "a"(value), "Nd"(port));
	else
		__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

uint64_t platform_ticks(void)
{
	return __builtin_ia32_rdtsc();
}

bool platform_read_msr(uint32_t msr, uint64_t *value)
{
	return read_msr_guarded(msr, value);
}

bool platform_write_msr(uint32_t msr, uint64_t value)
{
	return write_msr_guarded(msr, value);
}

void platform_fpu_save(void *area)
{
	__asm__ volatile("fxsave64 (%0)" : : "r"(area) : "memory");
}

/*
 * AMD's FXRSTOR leaves the x87 instruction and data pointers alone when no
 * exception is pending (APM Vol. 5, FXRSTOR), so they are overwritten first.
 */
static void forget_x87_pointers(void)
{
	static const int zero;

	__asm__ volatile("fnclex; emms; fildl %0" : : "m"(zero));
}

void platform_fpu_load(const void *area)
{
	forget_x87_pointers();
	__asm__ volatile("fxrstor64 (%0)" : : "r"(area) : "memory");
}

/* The start of FXSAVE's format; the rest of the registers are zero. */
static const struct {
	uint16_t fcw, fsw, ftw, fop;
	uint64_t rip, rdp;
	uint32_t mxcsr, mxcsr_mask;
	uint8_t registers[FPU_STATE_SIZE - 32];
} fpu_initial __attribute__((aligned(64))) = {
	.fcw = 0x37f,
	.mxcsr = MXCSR_INITIAL,
};

_Static_assert(sizeof(fpu_initial) == FPU_STATE_SIZE, "hardware");

void platform_fpu_reset(void)
{
	platform_fpu_load(&fpu_initial);
}

void platform_apic_write(uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)(LAYOUT_APIC + offset) = value;
}

void platform_apic_send_nmi(uint32_t apic_id, uint32_t destination)
{
	if (read_msr(MSR_APIC_BASE) & APIC_BASE_X2APIC) {
		write_msr(MSR_X2APIC_ICR, (uint64_t)apic_id << 32 | ICR_NMI);
		return;
	}
	platform_apic_write(APIC_ICR_HIGH, apic_id << 24);
	platform_apic_write(APIC_ICR_LOW, ICR_NMI);
	platform_apic_write(APIC_ICR_HIGH, destination << 24);
}

void platform_apic_send_nmi_to_others(void)
{
	if (read_msr(MSR_APIC_BASE) & APIC_BASE_X2APIC)
		write_msr(MSR_X2APIC_ICR, ICR_NMI | ICR_TO_OTHERS);
	else
		platform_apic_write(APIC_ICR_LOW, ICR_NMI | ICR_TO_OTHERS);
}

void platform_write_back(const void *start, uint64_t size)
{
	const char *line = (const char *)((uint64_t)start & ~(LINE_SIZE - 1));

	for (; line < (const char *)start + size; line += LINE_SIZE)
		__asm__ volatile("clflush %0" : : "m"(*line) : "memory");
	__asm__ volatile("mfence" : : : "memory");
}

void platform_pause(void)
{
	__asm__ volatile("pause");
}

void platform_reset(void)
{
	const struct table_register none = { 0, 0 };

	__asm__ volatile("lidt %0; int3" : : "m"(none));
	__builtin_unreachable();
}

void platform_console(const char *text, unsigned int length)
{
	serial_write(text, length);
}
