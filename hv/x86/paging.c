/* SPDX-License-Identifier: BSD-2-Clause */
#include "x86/paging.h"

#include "abi/hypercall.h"
#include "lib/assert.h"
#include "x86/insn.h"
#include "x86/layout.h"

/* Long-mode entries: APM Vol. 2, 5.3. */
#define PTE_P		(UINT64_C(1) << 0)
#define PTE_W		(UINT64_C(1) << 1)
#define PTE_PWT		(UINT64_C(1) << 3)
#define PTE_PCD		(UINT64_C(1) << 4)
#define PTE_A		(UINT64_C(1) << 5)
#define PTE_D		(UINT64_C(1) << 6)
#define PTE_PS		(UINT64_C(1) << 7)
#define PTE_NX		(UINT64_C(1) << 63)

extern const char hv_image_start[], hv_text_end[], hv_rodata_end[],
	hv_image_end[];

static struct {
	uint64_t memory_pa;
	uint64_t memory_size;
	struct hv *hv;
} own;

static uint64_t own_perm(unsigned int access)
{
	return PTE_P | (access & NPT_W ? PTE_W : 0) |
	       (access & NPT_X ? 0 : PTE_NX) |
	       (access & NPT_UC ? PTE_PCD | PTE_PWT : 0);
}

static unsigned int own_access(uint64_t entry)
{
	return NPT_R | (entry & PTE_W ? NPT_W : 0) |
	       (entry & PTE_NX ? 0 : NPT_X);
}

static const struct npt_format own_format = {
	.table = PTE_P | PTE_W | PTE_A,
	.leaf = PTE_A | PTE_D,
	.large = PTE_PS,
	.present = PTE_P,
	.perm = own_perm,
	.access = own_access,
};

void paging_locate(uint64_t memory_pa, uint64_t memory_size)
{
	own.memory_pa = memory_pa;
	own.memory_size = memory_size;
}

uint64_t paging_image_size(void)
{
	return (uint64_t)(hv_image_end - hv_image_start);
}

void *hpa_to_ptr(hpa_t pa)
{
	uint64_t offset = pa.v - own.memory_pa;

	if (offset < own.memory_size)
		return (void *)(LAYOUT_BASE + offset);
	return (void *)(PLATFORM_POOL_BASE + pa.v);
}

hpa_t ptr_to_hpa(const void *p)
{
	uint64_t offset = (uint64_t)p - LAYOUT_BASE;

	if (offset < own.memory_size)
		return hpa(own.memory_pa + offset);
	return hpa((uint64_t)p - PLATFORM_POOL_BASE);
}

static int map(struct hv *hv, uint64_t from, uint64_t end, hpa_t to,
	       unsigned int access)
{
	struct gpa_range range = { gpa(from), end - from };
	int err = npt_prepare(&hv->own, range, NPT_4K);

	if (!err)
		npt_set(&hv->own, range, NPT_4K, to, access);
	return err;
}

static int map_own(struct hv *hv, const void *from, const void *end,
		   unsigned int access)
{
	return map(hv, (uint64_t)from, (uint64_t)end, ptr_to_hpa(from), access);
}

static int map_image(struct hv *hv)
{
	int err = map_own(hv, hv_image_start, hv_text_end, NPT_R | NPT_X);

	if (!err)
		err = map_own(hv, hv_text_end, hv_rodata_end, NPT_R);
	if (!err)
		err = map_own(hv, hv_rodata_end,
			      (void *)(LAYOUT_BASE + own.memory_size),
			      NPT_R | NPT_W);
	return err;
}

int paging_init(struct hv *hv)
{
	int levels = read_cr4() & CR4_LA57 ? 5 : 4;
	struct gpa_range views = { gpa(LAYOUT_VIEWS), HV_MAX_CPUS * PAGE_SIZE };
	int err;

	own.hv = hv;
	err = npt_init(&hv->own, &own_format, levels, &hv->pages);
	if (!err)
		err = map_image(hv);
	if (!err)
		err = npt_prepare(&hv->own, views, NPT_4K);
	if (!err)
		err = map(hv, LAYOUT_APIC, LAYOUT_APIC + PAGE_SIZE,
			  hpa(hv->apic_base), NPT_R | NPT_W | NPT_UC);
	return err;
}

volatile void *paging_map_iommu(struct hv *hv, unsigned int index, hpa_t at)
{
	uint64_t to = LAYOUT_IOMMUS + (uint64_t)index * LAYOUT_IOMMU_STRIDE;

	return map(hv, to, to + LAYOUT_IOMMU_STRIDE, at,
		   NPT_R | NPT_W | NPT_UC) ? NULL : (volatile void *)to;
}

int paging_map_block(struct hv *hv, hpa_t block)
{
	struct gpa_range range = gpa_block(gpa((uint64_t)hpa_to_ptr(block)));
	int err = npt_prepare(&hv->own, range, NPT_2M);

	if (!err)
		npt_set(&hv->own, range, NPT_2M, block, NPT_R | NPT_W);
	return err;
}

static uint64_t stacks(unsigned int cpu_id)
{
	return LAYOUT_STACKS + (uint64_t)cpu_id * LAYOUT_STACK_STRIDE;
}

static int map_stack(struct hv *hv, uint64_t from, uint64_t end)
{
	int err = HV_OK;

	for (; from < end && !err; from += PAGE_SIZE) {
		void *page = pages_get(&hv->pages);

		if (!page)
			return HV_ENOMEM;
		err = map(hv, from, from + PAGE_SIZE, ptr_to_hpa(page),
			  NPT_R | NPT_W);
	}
	return err;
}

int paging_map_stacks(struct hv *hv, unsigned int cpu_id)
{
	uint64_t base = stacks(cpu_id);
	int err = map_stack(hv, base + LAYOUT_MAIN_STACK,
			    base + LAYOUT_MAIN_END);

	if (!err)
		err = map_stack(hv, base + LAYOUT_EXCEPTION_STACK,
				base + LAYOUT_EXCEPTION_END);
	return err;
}

uint64_t paging_main_stack(unsigned int cpu_id)
{
	return stacks(cpu_id) + LAYOUT_MAIN_END;
}

uint64_t paging_exception_stack(unsigned int cpu_id)
{
	return stacks(cpu_id) + LAYOUT_EXCEPTION_END;
}

static void *view(unsigned int cpu_id, hpa_t page, unsigned int access)
{
	uint64_t at = LAYOUT_VIEWS + cpu_id * PAGE_SIZE;
	struct gpa_range range = { gpa(at), PAGE_SIZE };

	npt_set(&own.hv->own, range, NPT_4K, page, access);
	invalidate_page((void *)at);
	return (void *)at;
}

void *platform_view_page(unsigned int cpu_id, hpa_t page)
{
	return view(cpu_id, page, NPT_R | NPT_W);
}

static char *view_register(unsigned int cpu_id, hpa_t at)
{
	uint64_t offset = at.v & (PAGE_SIZE - 1);

	return (char *)view(cpu_id, hpa(at.v - offset),
			    NPT_R | NPT_W | NPT_UC) + offset;
}

/* AMD's CPUs take only these forms for PCI configuration (42301, 2.7.1). */
uint32_t platform_register_read(unsigned int cpu_id, hpa_t at)
{
	uint32_t value;

	__asm__ volatile("movl (%1), %0" : "=a"(value)
			 : "r"(view_register(cpu_id, at)) : "memory");
	return value;
}

void platform_register_write(unsigned int cpu_id, hpa_t at, unsigned int size,
			     uint32_t value)
{
	char *to = view_register(cpu_id, at);

	if (size == 1)
		__asm__ volatile("movb %b0, (%1)" : : "a"(value), "r"(to)
				 : "memory");
	else if (size == 2)
		__asm__ volatile("movw %w0, (%1)" : : "a"(value), "r"(to)
				 : "memory");
	else
		__asm__ volatile("movl %0, (%1)" : : "a"(value), "r"(to)
				 : "memory");
}
