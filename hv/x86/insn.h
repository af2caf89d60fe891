/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that C has no words for. */
#ifndef X86_INSN_H
#define X86_INSN_H

#include <stdint.h>

#define MSR_APIC_BASE		0x0000001bu
#define MSR_SYSENTER_CS		0x00000174u
#define MSR_SYSENTER_ESP	0x00000175u
#define MSR_SYSENTER_EIP	0x00000176u
#define MSR_PAT			0x00000277u
#define MSR_X2APIC_ICR		0x00000830u
#define MSR_EFER		0xc0000080u
#define MSR_STAR		0xc0000081u
#define MSR_LSTAR		0xc0000082u
#define MSR_CSTAR		0xc0000083u
#define MSR_SFMASK		0xc0000084u
#define MSR_FS_BASE		0xc0000100u
#define MSR_GS_BASE		0xc0000101u
#define MSR_KERNEL_GS_BASE	0xc0000102u

struct table_register {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

static inline uint64_t read_msr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

static inline void write_msr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value),
			 "d"((uint32_t)(value >> 32)) : "memory");
}

#define DEFINE_REGISTER(reg)						\
static inline uint64_t read_##reg(void)					\
{									\
	uint64_t value;							\
	__asm__ volatile("mov %%" #reg ", %0" : "=r"(value));		\
	return value;							\
}									\
static inline void write_##reg(uint64_t value)				\
{									\
	__asm__ volatile("mov %0, %%" #reg : : "r"(value) : "memory");	\
}

DEFINE_REGISTER(cr0)
DEFINE_REGISTER(cr2)
DEFINE_REGISTER(cr3)
DEFINE_REGISTER(cr4)
DEFINE_REGISTER(dr6)
DEFINE_REGISTER(dr7)

#define DEFINE_SELECTOR(insn, name)					\
static inline uint16_t read_##name(void)				\
{									\
	uint16_t value;							\
	__asm__ volatile(insn : "=r"(value));				\
	return value;							\
}

DEFINE_SELECTOR("mov %%cs, %0", cs)
DEFINE_SELECTOR("mov %%ss, %0", ss)
DEFINE_SELECTOR("mov %%ds, %0", ds)
DEFINE_SELECTOR("mov %%es, %0", es)
DEFINE_SELECTOR("mov %%fs, %0", fs)
DEFINE_SELECTOR("mov %%gs, %0", gs)
DEFINE_SELECTOR("str %0", tr)
DEFINE_SELECTOR("sldt %0", ldtr)

static inline struct table_register read_gdtr(void)
{
	struct table_register table;

	__asm__ volatile("sgdt %0" : "=m"(table));
	return table;
}

static inline struct table_register read_idtr(void)
{
	struct table_register table;

	__asm__ volatile("sidt %0" : "=m"(table));
	return table;
}

static inline uint64_t read_rflags(void)
{
	uint64_t value;

	__asm__ volatile("pushfq; popq %0" : "=r"(value));
	return value;
}

static inline void invalidate_page(const void *at)
{
	__asm__ volatile("invlpg (%0)" : : "r"(at) : "memory");
}

static inline void write_port8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t read_port8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

#endif
