/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypervisor's own address space, for C, assembly and the linker script.
 *
 * All of it lies in the lower half, which Linux leaves to its processes: so the
 * loader's upper half can be kept mapped beside it while a CPU enters or
 * leaves (x86/paging.h), and is gone while the hypervisor runs.
 */
#ifndef X86_LAYOUT_H
#define X86_LAYOUT_H

#define LAYOUT_POOL_INDEX	128		/* PLATFORM_POOL_BASE >> 39 */
#define LAYOUT_HV_INDEX		192		/* LAYOUT_BASE >> 39 */

#define LAYOUT_BASE		0x600000000000	/* image, then its memory */
#define LAYOUT_VIEWS		0x600000800000	/* a page for each CPU */
#define LAYOUT_APIC		0x600000a00000
#define LAYOUT_IOMMUS		0x600000c00000	/* LAYOUT_IOMMU_STRIDE each */
#define LAYOUT_STACKS		0x600001000000	/* LAYOUT_STACK_STRIDE each */

/*
 * One CPU's stacks, each with unmapped pages below:
 * 0x7000 guard, 0x8000 for exceptions, 0x9000 guard, 0xc000 main, 0x10000 end.
 */
#define LAYOUT_STACK_STRIDE	0x10000
#define LAYOUT_EXCEPTION_STACK	0x8000
#define LAYOUT_EXCEPTION_END	0x9000
#define LAYOUT_MAIN_STACK	0xc000
#define LAYOUT_MAIN_END		0x10000

/* Room for an IOMMU's registers, as far as we use them. */
#define LAYOUT_IOMMU_STRIDE	0x4000

#define SELECTOR_CODE		0x08
#define SELECTOR_DATA		0x10
#define SELECTOR_TSS		0x18

#endif
