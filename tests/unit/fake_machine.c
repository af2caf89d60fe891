/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_machine.h"

#include <string.h>

#include "core/exit.h"
#include "core/os_space.h"
#include "core/pal_build.h"
#include "fake_iommu.h"
#include "lib/assert.h"
#include "svm/svm.h"

#define KERNEL_RIP	UINT64_C(0xffffffff81000000)
#define USER_RIP	UINT64_C(0x401000)
#define CALL_LENGTH	3u
#define TRIES_MAX	100000u

const struct fake_options fake_default = {
	.format = &svm_npt_format,
	.levels = 4,
	.cpu_count = 2,
	.has_1g_pages = true,
};

static struct hv hv;
static struct cpu cpus[FAKE_CPUS];
static struct fake_vcpu os_vcpus[FAKE_CPUS], pal_vcpus[FAKE_CPUS];
static struct vendor vendor;

#define NOTARY_PAGES	40u		/* more than a piece */

/* As x86/notary_image.S has it; page i is full of 0x80 + i. */
static struct {
	struct pal_image_header header;
	uint8_t pages[NOTARY_PAGES][PAGE_SIZE];
} notary_image;

static void make_notary_image(void)
{
	const uint64_t code_size = (NOTARY_PAGES - 2) * PAGE_SIZE;
	unsigned int i;

	notary_image.header = (struct pal_image_header){
		.magic = PAL_IMAGE_MAGIC,
		.version = PAL_IMAGE_VERSION,
		.image_size = sizeof(notary_image),
		.flags = PAL_FLAG_PEER,
		.entry = PAL_IMAGE_BASE,
		.thread_count = NOTARY_THREADS,
		.segment_count = 2,
		.stack_size = 2 * PAGE_SIZE,
		.arg_size = NOTARY_ARG_SIZE,
		.name = "notary",
		.segments = {
			{ PAL_IMAGE_BASE, code_size, code_size,
			  PAL_ACCESS_R | PAL_ACCESS_X, 0 },
			{ PAL_IMAGE_BASE + 0x200000, 5 * PAGE_SIZE,
			  2 * PAGE_SIZE, PAL_ACCESS_R | PAL_ACCESS_W, 0 },
		},
	};
	for (i = 0; i < NOTARY_PAGES; i++)
		memset(notary_image.pages[i], (int)(0x80 + i), PAGE_SIZE);
	hv.notary.image = &notary_image.header;
}

/* x86/launch.c: share_out_memory(). */
static void share_out_memory(const struct hv_launch *launch, size_t page_count)
{
	uint64_t at = owner_table_pages(launch) * PAGE_SIZE;

	owner_init(&hv.owner, launch, fake_ram(FAKE_HV_BASE));
	for (; at < FAKE_HV_SIZE; at += PAGE_SIZE) {
		if (page_count && hv.pages.count == page_count)
			break;
		pages_put(&hv.pages, fake_ram(FAKE_HV_BASE + at));
	}
}

static void make_cpu(unsigned int id)
{
	struct cpu *cpu = &cpus[id];

	*cpu = (struct cpu){
		.hv = &hv,
		.vendor = &vendor,
		.id = id,
		.os_vcpu = { &cpu->os_regs, &os_vcpus[id] },
		.pal_vcpu = { &cpu->os_regs, &pal_vcpus[id] },
		.entered = 1,
	};
	os_vcpus[id] = (struct fake_vcpu){
		.regs[GUEST_CR0] = CR0_PG | CR0_PE,
		.regs[GUEST_CR3] = FAKE_CR3,
		.regs[GUEST_CR4] = CR4_PAE,
		.regs[GUEST_CS_ATTRIBUTES] = 0x29b,
		.regs[GUEST_EFER] = EFER_LMA | EFER_LME | EFER_SVME | EFER_SCE,
	};
	pal_vcpus[id] = (struct fake_vcpu){ .regs[GUEST_CPL] = 3 };
	cpu->os_regs.rip = KERNEL_RIP;
	cpu->os_regs.rsp = UINT64_C(0xffffc90000000000);
	hv.cpus[id] = cpu;
}

struct hv *fake_machine(const struct fake_options *options)
{
	struct hv_launch launch;
	unsigned int id;
	int err;

	fake_memory_reset(&launch);
	fake_iommu = (struct fake_iommu){ .is_there = options->has_iommu };
	memset(&hv, 0, sizeof(hv));
	fake_vendor_make(&vendor, options->format);
	hv.vendor = &vendor;
	hv.cpu_count = options->cpu_count;
	hv.memory_size = FAKE_HV_SIZE;
	hv.next_tag = 1;
	hv.own_efer = EFER_SVME | EFER_LME | EFER_LMA | EFER_NXE;
	hv.has_1g_pages = options->has_1g_pages;
	hv.has_apic_guard = options->has_apic_guard;
	hv.apic_base = options->apic_base ? options->apic_base : FAKE_APIC_BASE;
	hv.physical_end = FAKE_PHYSICAL_END;
	hv.machine_row_count = access_machine_rows(&options->launch,
						   hv.machine_rows);
	make_notary_image();
	share_out_memory(&launch, options->page_count);
	err = npt_init(&hv.own, &svm_npt_format, options->levels, &hv.pages);
	if (!err)
		err = npt_init(&hv.os_npt, options->format, options->levels,
			       &hv.pages);
	if (!err)
		err = os_space_init(&hv, hpa(FAKE_HV_BASE), FAKE_HV_SIZE);
	if (!err)
		err = pal_build_shared_tables(&hv);
	for (id = 0; id < options->cpu_count; id++)
		make_cpu(id);
	fake_hv = &hv;
	return err ? NULL : &hv;
}

struct hv *fake_launched(const struct fake_options *options)
{
	struct hv *launched = fake_machine(options);

	ASSERT(launched);
	ASSERT(os_call(launched->cpus[0], HC_LAUNCHED, 0, 0, 0) == HV_OK);
	return launched;
}

int64_t os_call(struct cpu *cpu, uint64_t number, uint64_t rdi, uint64_t rsi,
		uint64_t rdx)
{
	struct guest_regs *regs = cpu->os_vcpu.regs;
	const struct vmexit exit = {
		.kind = VMEXIT_HYPERCALL,
		.next_rip = regs->rip + CALL_LENGTH,
	};

	regs->rax = number;
	regs->rdi = rdi;
	regs->rsi = rsi;
	regs->rdx = rdx;
	os_handle_exit(cpu, &exit);
	ASSERT(regs->rip == exit.next_rip);
	return (int64_t)regs->rax;
}

void fake_give_blocks(struct hv *machine, uint64_t first, uint64_t count)
{
	unsigned int id;
	uint64_t i;

	for (i = first; i < first + count; i++)
		ASSERT(os_call(machine->cpus[0], HC_POOL_ADD, i * BLOCK_SIZE, 0,
			       0) == HV_OK);
	for (id = 0; id < machine->cpu_count; id++)
		ASSERT(os_call(machine->cpus[id], HC_FLUSH, 0, 0, 0) == HV_OK);
}

bool user_call(struct cpu *cpu, uint64_t handle, uint64_t entry,
	       int64_t *status)
{
	struct guest_regs *regs = cpu->os_vcpu.regs;
	const struct vmexit exit = {
		.kind = VMEXIT_HYPERCALL,
		.next_rip = USER_RIP + CALL_LENGTH,
	};

	fake_os(cpu)->regs[GUEST_CPL] = 3;
	regs->rip = USER_RIP;
	regs->rax = HC_PAL_CALL;
	regs->rdi = handle;
	regs->rsi = entry;
	os_handle_exit(cpu, &exit);
	fake_os(cpu)->regs[GUEST_CPL] = 0;
	if (regs->rip == USER_RIP)
		return false;
	ASSERT(regs->rip == exit.next_rip);
	*status = (int64_t)regs->rax;
	return true;
}

int64_t user_call_all(struct cpu *cpu, uint64_t handle, uint64_t entry)
{
	unsigned int tries;
	int64_t status;

	for (tries = 0; tries < TRIES_MAX; tries++)
		if (user_call(cpu, handle, entry, &status))
			return status;
	UNREACHABLE();
}

void fake_header(struct pal_image_header *header)
{
	*header = (struct pal_image_header){
		.magic = PAL_IMAGE_MAGIC,
		.version = PAL_IMAGE_VERSION,
		.image_size = PAL_IMAGE_HEADER_SIZE +
			      FAKE_IMAGE_PAGES * PAGE_SIZE,
		.entry = PAL_IMAGE_BASE + 0x10,
		.thread_count = 2,
		.segment_count = 3,
		.stack_size = 2 * PAGE_SIZE,
		.arg_size = PAGE_SIZE,
		.security_version = 7,
		.name = "unit",
		.segments = {
			{ PAL_IMAGE_BASE, 3 * PAGE_SIZE, 3 * PAGE_SIZE,
			  PAL_ACCESS_R | PAL_ACCESS_X, 0 },
			{ PAL_IMAGE_BASE + 3 * PAGE_SIZE, PAGE_SIZE, PAGE_SIZE,
			  PAL_ACCESS_R, 0 },
			{ PAL_IMAGE_BASE + 0x200000, 5 * PAGE_SIZE,
			  2 * PAGE_SIZE, PAL_ACCESS_R | PAL_ACCESS_W, 0 },
		},
	};
}

uint64_t fake_image_pages(const struct pal_image_header *header)
{
	return (header->image_size - PAL_IMAGE_HEADER_SIZE) / PAGE_SIZE;
}

void fake_write_image(const struct pal_image_header *header)
{
	uint64_t i;

	memcpy(fake_ram(OS_HEADER), header, sizeof(*header));
	for (i = 0; i < FAKE_IMAGE_PAGES; i++)
		memset(fake_ram(OS_IMAGE(i)), (int)(0x10 + i), PAGE_SIZE);
}

void fake_write_list(uint64_t first, uint64_t count)
{
	uint64_t *list = fake_ram(OS_LIST);
	uint64_t i;

	for (i = 0; i < count && i < HC_LIST_MAX; i++)
		list[i] = first + i * PAGE_SIZE;
}

int64_t fake_create(struct cpu *cpu, const struct pal_image_header *header,
		    uint64_t *handle)
{
	int64_t status;

	fake_write_image(header);
	status = os_call(cpu, HC_PAL_CREATE, OS_HEADER, FAKE_CR3, 0);
	if (status == HV_OK)
		*handle = cpu->os_regs.rdx;
	return status;
}

/* Hand in pages from `first` on until all are taken or one is refused. */
static int64_t hand_in(struct cpu *cpu, uint64_t number, uint64_t handle,
		       uint64_t first, uint64_t page_count)
{
	while (page_count > 0) {
		uint64_t count = page_count < HC_LIST_MAX ? page_count :
							    HC_LIST_MAX;
		int64_t status;

		fake_write_list(first, count);
		status = os_call(cpu, number, handle, OS_LIST, count);
		if (status)
			return status;
		ASSERT(cpu->os_regs.rdx > 0 && cpu->os_regs.rdx <= count);
		first += cpu->os_regs.rdx * PAGE_SIZE;
		page_count -= cpu->os_regs.rdx;
	}
	return HV_OK;
}

int64_t fake_load(struct cpu *cpu, uint64_t handle, uint64_t page_count)
{
	return hand_in(cpu, HC_PAL_LOAD, handle, OS_IMAGE(0), page_count);
}

int64_t fake_window(struct cpu *cpu, uint64_t handle, uint64_t page_count)
{
	return hand_in(cpu, HC_PAL_WINDOW, handle, OS_WINDOW(0), page_count);
}

/* Pieces of a call that goes on; no more than anything here needs. */
static int64_t repeat(struct cpu *cpu, uint64_t number, uint64_t handle)
{
	int64_t status = HV_EAGAIN;
	unsigned int tries;

	for (tries = 0; tries < TRIES_MAX && status == HV_EAGAIN; tries++)
		status = os_call(cpu, number, handle, 0, 0);
	return status;
}

/* As the notary does it; test_notary.c tests how it gets there. */
static void admit(struct pal *pal)
{
	pal->rule = NOTARY_NO_RULE;
	pal_set_state(pal, PAL_READY);
}

int64_t fake_finish(struct cpu *cpu, uint64_t handle)
{
	return repeat(cpu, HC_PAL_START, handle);
}

int64_t fake_notary_start(struct cpu *cpu)
{
	return repeat(cpu, HC_NOTARY_START, 0);
}

int64_t fake_start(struct cpu *cpu, uint64_t handle)
{
	int64_t status = fake_finish(cpu, handle);

	if (!status)
		admit(pal_find(cpu->hv, handle));
	return status;
}

int64_t fake_destroy(struct cpu *cpu, uint64_t handle)
{
	return repeat(cpu, HC_PAL_DESTROY, handle);
}

uint64_t fake_pal_make(struct cpu *cpu, uint64_t window_pages)
{
	struct pal_image_header header;
	uint64_t handle = 0;

	fake_header(&header);
	if (fake_create(cpu, &header, &handle) ||
	    fake_load(cpu, handle, FAKE_IMAGE_PAGES) ||
	    fake_window(cpu, handle, window_pages) || fake_start(cpu, handle))
		return 0;
	return handle;
}
