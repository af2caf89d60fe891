/* SPDX-License-Identifier: BSD-2-Clause */
#include "cpus.h"

#include "abi/hypercall.h"
#include "acpi.h"
#include "hypercall.h"
#include "lib/string.h"
#include "place.h"
#include "print.h"

#define LOW_MEMORY_FIRST	0x1000u
#define LOW_MEMORY_END		0x9f000u
#define PAGE			0x1000u

#define MSR_APIC_BASE		0x1b
#define APIC_X2			(1u << 10)
#define APIC_ADDRESS		UINT64_C(0xffffff000)
#define APIC_ID			0x20
#define APIC_ICR_LOW		0x300
#define APIC_ICR_HIGH		0x310
#define MSR_X2APIC_ID		0x802
#define MSR_X2APIC_ICR		0x830
#define ICR_BUSY		(1u << 12)
#define ICR_ASSERT		(1u << 14)
#define ICR_INIT		(5u << 8)
#define ICR_STARTUP		(6u << 8)

#define PORT_DELAY		0x80	/* a write takes about 1 us */
#define INIT_DELAY_US		10000
#define STARTUP_DELAY_US	200
#define PATIENCE_US		20000000

/* As trampoline.S reads them: where our own is, for one without paging. */
struct values {
	uint32_t page_table;
	uint32_t entry;
	uint16_t entry_cs;
	uint16_t descriptors_limit;
	uint32_t descriptors;
};

_Static_assert(sizeof(struct values) == 16, "trampoline.S");

extern const char trampoline[], trampoline_end[];	/* trampoline.S */
extern const char trampoline_values[], trampoline_long[];
extern const uint64_t stub_gdt[STUB_GDT_COUNT];		/* start.S */

void cpus_arrive(void);

static uint32_t ids[ACPI_CPUS_MAX];
static uint32_t count;
static uint64_t start_page;
static char start_page_before[PAGE];	/* firmware's, perhaps */

/* The CPU that is being started, and what has become of it. */
static struct hv_launch *contract;
static uint32_t arriving;
static volatile int arrived;		/* 1, or a negative HV_E* */

static uint64_t read_msr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

static void write_msr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value),
			 "d"((uint32_t)(value >> 32)) : "memory");
}

static volatile uint32_t *apic_register(uint32_t offset)
{
	return (volatile uint32_t *)((read_msr(MSR_APIC_BASE) & APIC_ADDRESS) +
				     offset);
}

static bool is_x2apic(void)
{
	return read_msr(MSR_APIC_BASE) & APIC_X2;
}

static uint32_t own_id(void)
{
	return is_x2apic() ? (uint32_t)read_msr(MSR_X2APIC_ID) :
			     *apic_register(APIC_ID) >> 24;
}

static void wait_us(uint32_t us)
{
	while (us--)
		__asm__ volatile("outb %%al, %0" : : "Nd"(PORT_DELAY));
}

static void send(uint32_t id, uint32_t command)
{
	if (is_x2apic()) {
		write_msr(MSR_X2APIC_ICR, (uint64_t)id << 32 | command);
		return;
	}
	*apic_register(APIC_ICR_HIGH) = id << 24;
	*apic_register(APIC_ICR_LOW) = command;
	while (*apic_register(APIC_ICR_LOW) & ICR_BUSY)
		;
}

/* This CPU goes to the front. */
static void sort(void)
{
	uint32_t own = own_id();
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (ids[i] != own)
			continue;
		ids[i] = ids[0];
		ids[0] = own;
		return;
	}
	ids[0] = own;		/* the tables know nothing of it */
	count = 1;
}

uint32_t cpus_find(uint64_t rsdp, struct memory *memory)
{
	count = acpi_cpus(rsdp, ids);
	sort();
	start_page = memory_place(memory, PAGE, PAGE, LOW_MEMORY_FIRST,
				  LOW_MEMORY_END);
	if (!start_page && count > 1)
		fail("Palisade: no page below 640 KiB to start CPUs from");
	return count;
}

/* What the owner can do something about, in words. */
static const char *reason_text(uint32_t reason)
{
	switch (reason) {
	case HV_REASON_NO_SVM:
		return "the CPU has no SVM";
	case HV_REASON_SVM_LOCKED:
		return "SVM is switched off in the firmware's setup";
	case HV_REASON_NO_NPT:
		return "the CPU has no nested paging";
	case HV_REASON_ENCRYPTION:
		return "memory encryption (SME) is on";
	case HV_REASON_VMX:
		return "an Intel CPU: not yet supported";
	case HV_REASON_APIC:
		return "the local APIC is in RAM or above 4 GiB";
	case HV_REASON_MEMORY:
		return "too much memory, or too many CPUs, for its 4 MiB";
	}
	return "see HV_REASON_* in abi/launch.h";
}

static void fail_with_reason(uint32_t cpu, int status)
{
	fail("Palisade: not started on CPU %u (APIC %u): %s (status %d, "
	     "reason %u)", cpu, ids[cpu], reason_text(contract->reason),
	     status, contract->reason);
}

static int call_enter(uint32_t cpu)
{
	const struct hv_image_header *header = (const void *)contract->alias;
	int (*enter)(struct hv_launch *, uint32_t) =
		(int (*)(struct hv_launch *, uint32_t))
		(contract->alias + header->enter_offset);

	return enter(contract, cpu);
}

/* On a CPU that was started: go under the hypervisor, and wait there. */
void cpus_arrive(void)
{
	int err = call_enter(arriving);

	arrived = err ? err : 1;
	hypercall(HC_CPU_WAIT, 0, 0);
}

static void start(uint32_t cpu)
{
	uint32_t patience = PATIENCE_US;
	uint32_t vector = (uint32_t)(start_page >> 12);

	arriving = cpu;
	arrived = 0;
	send(ids[cpu], ICR_INIT | ICR_ASSERT);
	wait_us(INIT_DELAY_US);
	send(ids[cpu], ICR_STARTUP | ICR_ASSERT | vector);
	wait_us(STARTUP_DELAY_US);
	if (!arrived)
		send(ids[cpu], ICR_STARTUP | ICR_ASSERT | vector);
	while (!arrived && patience--)
		wait_us(1);
	if (arrived != 1)
		fail_with_reason(cpu, arrived);
}

static void start_others(const struct hv_launch *launch)
{
	char *page = (char *)start_page;
	const struct values values = {
		.page_table = (uint32_t)physical((void *)launch->page_table),
		.entry = (uint32_t)physical(trampoline_long),
		.entry_cs = STUB_CS,
		.descriptors_limit = sizeof(stub_gdt) - 1,
		.descriptors = (uint32_t)physical(stub_gdt),
	};
	uint32_t cpu;

	memcpy(start_page_before, page, PAGE);
	memcpy(page, trampoline, (size_t)(trampoline_end - trampoline));
	memcpy(page + (trampoline_values - trampoline), &values,
	       sizeof(values));
	for (cpu = 1; cpu < count; cpu++)
		start(cpu);
	memcpy(page, start_page_before, PAGE);
}

void cpus_enter(struct hv_launch *launch)
{
	const struct hv_image_header *header = (const void *)launch->alias;
	int (*init)(struct hv_launch *) =
		(int (*)(struct hv_launch *))
		(launch->alias + header->init_offset);
	int err = init(launch);

	contract = launch;
	if (err)
		fail_with_reason(0, err);
	fail_calls(NULL);	/* too late for anything but the hypervisor */
	if (count > 1)
		start_others(launch);
	err = call_enter(0);
	if (err)
		fail_with_reason(0, err);
}
