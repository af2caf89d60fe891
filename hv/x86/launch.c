/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * init() and enter() of the launch contract (abi/launch.h), in C: called by
 * entry.S on the loader's stack, with the loader's upper half mapped.
 */
#include "abi/launch.h"

#include <stddef.h>

#include "core/hv.h"
#include "core/iommu.h"
#include "core/os_space.h"
#include "core/pal_build.h"
#include "lib/string.h"
#include "x86/capture.h"
#include "x86/crash.h"
#include "x86/insn.h"
#include "x86/layout.h"
#include "x86/machine.h"
#include "x86/paging.h"
#include "x86/serial.h"

#define PAT_WRITE_BACK	6u
#define RAM_END_MAX	(UINT64_C(1) << 46)
#define ECAM_MAX	(UINT64_C(1) << 28)
#define CR4_KEPT	(CR4_LA57 | CR4_MCE)
#define LEAF_AMD_FEATURES	0x80000001u
#define AMD_EDX_1G_PAGES	(1u << 26)
#define LEAF_TOPOLOGY		0x0000000bu
#define LEAF_ADDRESS_SIZES	0x80000008u
#define APIC_BASE_ADDRESS	UINT64_C(0x000ffffffffff000)

/* entry.S knows these. */
_Static_assert(offsetof(struct hv_launch, memory_pa) == 8, "entry.S");
_Static_assert(offsetof(struct hv_launch, page_table) == 56, "entry.S");

/* What enter() pushed on the loader's stack. */
struct caller_frame {
	uint64_t r15, r14, r13, r12, rbp, rbx, rip;
};

extern const uint64_t boot_cr3;		/* entry.S */
extern const struct pal_image_header notary_image;	/* notary_image.S */

void enter_own_space(uint64_t cr3, uint64_t cr4, uint64_t stack,
		     struct cpu *cpu)
	__attribute__((noreturn));
int init_linked(struct hv_launch *launch);
int enter_linked(struct hv_launch *launch, uint32_t cpu_id,
		 struct caller_frame *frame, uint64_t cr3);

static struct hv hv __attribute__((aligned(4096)));
static uint64_t alias;

void *machine_alias(const void *own)
{
	return (void *)(alias + ((uint64_t)own - LAYOUT_BASE));
}

uint64_t machine_boot_cr3(void)
{
	return boot_cr3;
}

static int refuse(struct hv_launch *launch, int err, uint32_t reason)
{
	launch->reason = reason;
	return err;
}

/* A pool block is named by 14 bits of a word, its address by the layout. */
static bool is_ram_sane(const struct hv_launch *launch)
{
	uint32_t i;

	if (launch->ram_count == 0 || launch->ram_count > HV_LAUNCH_RAM_MAX)
		return false;
	for (i = 0; i < launch->ram_count; i++) {
		const struct hv_ram_range *ram = &launch->ram[i];
		uint64_t end = ram->base + ram->size;

		if (end < ram->base || end > RAM_END_MAX)
			return false;
	}
	return true;
}

/* PCI configuration is of up to 256 buses, 1 MiB each. */
static bool are_registers_sane(const struct hv_launch *launch)
{
	uint32_t i;

	for (i = 0; i < HV_LAUNCH_ENDS; i++)
		if (launch->ends[i].is_port && launch->ends[i].at > UINT16_MAX)
			return false;
	for (i = 0; i < HV_LAUNCH_ECAMS; i++)
		if (launch->ecams[i].size > ECAM_MAX ||
		    launch->ecams[i].base > RAM_END_MAX - ECAM_MAX)
			return false;
	return true;
}

/* A block, as of RAM, that is not in the hypervisor's memory. */
static bool is_device_table_sane(const struct hv_launch *launch)
{
	uint64_t at = launch->device_table;

	return (at & (BLOCK_SIZE - 1)) == 0 && at < RAM_END_MAX &&
	       (at == 0 || at - launch->memory_pa >= launch->memory_size);
}

static bool is_contract_kept(const struct hv_launch *launch)
{
	return launch->size == sizeof(*launch) &&
	       launch->version == HV_LAUNCH_VERSION &&
	       launch->memory_size == HV_MEMORY_SIZE &&
	       (launch->memory_pa & (BLOCK_SIZE - 1)) == 0 &&
	       launch->cpu_count >= 1 && launch->cpu_count <= HV_MAX_CPUS &&
	       !(launch->flags & ~(uint32_t)(HV_LAUNCH_SERIAL |
						     HV_LAUNCH_BEFORE_OS)) &&
	       is_ram_sane(launch) && are_registers_sane(launch) &&
	       is_device_table_sane(launch);
}

static void read_cpu_features(void)
{
	struct cpuid_regs regs;

	platform_cpuid(LEAF_AMD_FEATURES, 0, &regs);
	hv.has_1g_pages = regs.edx & AMD_EDX_1G_PAGES;
	platform_cpuid(LEAF_ADDRESS_SIZES, 0, &regs);
	hv.physical_end = UINT64_C(1) << (regs.eax & 0xff);
	hv.apic_base = read_msr(MSR_APIC_BASE) & APIC_BASE_ADDRESS;
}

/*
 * The memory behind the image: first the owner's table, in one piece, then
 * single pages.
 */
static int share_out_memory(const struct hv_launch *launch)
{
	uint64_t at = paging_image_size();
	uint64_t table_size = owner_table_pages(launch) * PAGE_SIZE;

	if (table_size > launch->memory_size - at)
		return HV_ENOMEM;
	owner_init(&hv.owner, launch,
		   hpa_to_ptr(hpa(launch->memory_pa + at)));
	for (at += table_size; at < launch->memory_size; at += PAGE_SIZE)
		pages_put(&hv.pages, hpa_to_ptr(hpa(launch->memory_pa + at)));
	return HV_OK;
}

static int prepare_cpu(unsigned int id)
{
	struct machine_cpu *machine = pages_get(&hv.pages);
	struct cpu *cpu;

	if (!machine)
		return HV_ENOMEM;
	cpu = &machine->cpu;
	cpu->hv = &hv;
	cpu->vendor = hv.vendor;
	cpu->id = id;
	cpu->machine = machine;
	cpu->os_vcpu.regs = &cpu->os_regs;
	cpu->pal_vcpu.regs = &cpu->os_regs;	/* until the first PAL */
	hv.cpus[id] = cpu;
	descriptors_prepare(&machine->descriptors, paging_exception_stack(id));
	if (paging_map_stacks(&hv, id))
		return HV_ENOMEM;
	return hv.vendor->cpu_prepare(cpu);
}

static const struct npt_format *os_format(const struct hv_launch *launch)
{
	return iommu_is_amds(launch) ? hv.vendor->npt_amd_vi : hv.vendor->npt;
}

static int build(const struct hv_launch *launch)
{
	hpa_t memory = hpa(launch->memory_pa);
	int err = share_out_memory(launch);
	unsigned int id;

	if (!err)
		err = paging_init(&hv);
	if (!err)
		err = hv.vendor->init(&hv);
	if (!err)
		err = npt_init(&hv.os_npt, os_format(launch), hv.own.levels,
			       &hv.pages);
	if (!err)
		err = os_space_init(&hv, memory, launch->memory_size);
	if (!err)
		err = pal_build_shared_tables(&hv);
	if (!err)
		err = iommu_init(&hv, launch);
	for (id = 0; id < launch->cpu_count && !err; id++)
		err = prepare_cpu(id);
	return err;
}

int init_linked(struct hv_launch *launch)
{
	int err;

	if (!is_contract_kept(launch))
		return refuse(launch, HV_EINVAL, HV_REASON_CONTRACT);
	hv.vendor = &svm_vendor;
	err = hv.vendor->probe(&launch->reason);
	if (err)
		return err;
	alias = launch->alias;
	paging_locate(launch->memory_pa, launch->memory_size);
	crash_init(&hv);
	if (launch->flags & HV_LAUNCH_SERIAL)
		serial_init((uint16_t)launch->serial_port);
	read_cpu_features();
	descriptors_init();
	hv.cpu_count = launch->cpu_count;
	hv.starts_cpus = launch->flags & HV_LAUNCH_BEFORE_OS;
	hv.memory_size = launch->memory_size +
			 (launch->device_table ? HV_DEVICE_TABLE_SIZE : 0);
	hv.next_tag = 1;
	hv.machine_row_count = access_machine_rows(launch, hv.machine_rows);
	hv.notary.image = &notary_image;
	hv.notary.root = launch->root;
	err = build(launch);
	if (err)
		return refuse(launch, err, err == HV_ENOTSUP ?
			      HV_REASON_APIC : HV_REASON_MEMORY);
	return HV_OK;
}

/* The loader goes on, as a guest, behind its call of enter(). */
static void make_os_vcpu(struct cpu *cpu, struct caller_frame *frame,
			 uint64_t cr3)
{
	struct guest_state state;

	capture_state(&state, cr3);
	cpu->vendor->load(&cpu->os_vcpu, &state);
	cpu->os_regs = (struct guest_regs){
		.rax = HV_OK,
		.rbx = frame->rbx,
		.rbp = frame->rbp,
		.r12 = frame->r12,
		.r13 = frame->r13,
		.r14 = frame->r14,
		.r15 = frame->r15,
		.rip = frame->rip,
		.rsp = (uint64_t)(frame + 1),
		.rflags = read_rflags(),
	};
	make_pal_state(&state);
	cpu->vendor->load(&cpu->pal_vcpu, &state);
}

static bool is_mode_right(void)
{
	return (read_cs() & 3) == 0 && read_msr(MSR_EFER) & EFER_LMA &&
	       !(read_rflags() & RFLAGS_IF);
}

static void go(struct cpu *cpu)
{
	cpu->vendor->cpu_on(cpu);	/* from here on nothing interrupts */
	write_cr0(CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE);
	write_dr7(0x400);
	enter_own_space(cpu->hv->own.root.v,
			CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT |
			(read_cr4() & CR4_KEPT),
			paging_main_stack(cpu->id), cpu);
}

/* All 32 bits, where the CPU has them. */
static uint32_t read_apic_id(void)
{
	struct cpuid_regs leaf;

	platform_cpuid(0, 0, &leaf);
	if (leaf.eax >= LEAF_TOPOLOGY) {
		platform_cpuid(LEAF_TOPOLOGY, 0, &leaf);
		if (leaf.ebx)
			return leaf.edx;
	}
	platform_cpuid(1, 0, &leaf);
	return leaf.ebx >> 24;
}

int enter_linked(struct hv_launch *launch, uint32_t cpu_id,
		 struct caller_frame *frame, uint64_t cr3)
{
	struct cpu *cpu;
	int err;

	if (cpu_id >= hv.cpu_count || atomic_load(&hv.cpus[cpu_id]->entered))
		return refuse(launch, HV_EINVAL, HV_REASON_CPU);
	if (!is_mode_right())
		return refuse(launch, HV_EINVAL, HV_REASON_MODE);
	if ((read_msr(MSR_PAT) & 7) != PAT_WRITE_BACK)
		return refuse(launch, HV_ENOTSUP, HV_REASON_PAT);
	err = hv.vendor->probe(&launch->reason);
	if (err)
		return err;
	cpu = hv.cpus[cpu_id];			/* from here on nothing fails */
	cpu->apic_id = read_apic_id();
	make_os_vcpu(cpu, frame, cr3);
	atomic_store(&cpu->entered, 1);
	go(cpu);
	return HV_OK;				/* not reached */
}
