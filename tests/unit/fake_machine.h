/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole machine under the hypervisor, as x86/launch.c would have built it. */
#ifndef UNIT_FAKE_MACHINE_H
#define UNIT_FAKE_MACHINE_H

#include "fake_platform.h"
#include "fake_vendor.h"

#define NOTARY_THREADS	3u
#define FAKE_CPUS	4u
#define FAKE_CR3	UINT64_C(0x2234000)	/* of the one process */

struct fake_options {
	const struct npt_format *format;
	int levels;
	unsigned int cpu_count;
	size_t page_count;	/* of the hypervisor's own; 0: all there are */
	bool has_1g_pages;
	bool has_apic_guard;
	uint64_t apic_base;	/* 0: FAKE_APIC_BASE */
	bool has_iommu;
	struct hv_launch launch;	/* ends and ecams of it */
};

/* 4 levels, AMD's format, 1 GiB pages, two CPUs, no guard, no IOMMU. */
extern const struct fake_options fake_default;

/*
 * A machine in phase HV_STARTING whose CPUs have entered; there is only one at
 * a time.  NULL if the hypervisor's pages did not suffice.
 */
struct hv *fake_machine(const struct fake_options *options);

/* The same, launched. */
struct hv *fake_launched(const struct fake_options *options);

/* VMMCALL from the OS's kernel; what it answers is in cpu->os_regs, too. */
int64_t os_call(struct cpu *cpu, uint64_t number, uint64_t rdi, uint64_t rsi,
		uint64_t rdx);

/* Give blocks [first, first + count) to the pool and flush everywhere. */
void fake_give_blocks(struct hv *hv, uint64_t first, uint64_t count);

/*
 * VMMCALL of HC_PAL_CALL from the user process, once.  True when the call is
 * over; then *status is its answer.
 */
bool user_call(struct cpu *cpu, uint64_t handle, uint64_t entry,
	       int64_t *status);

/* The same, again and again until it is over. */
int64_t user_call_all(struct cpu *cpu, uint64_t handle, uint64_t entry);

/* A page of the OS that tests may write to: gpa and pointer. */
#define OS_PAGE(i)	(8 * MIB + (uint64_t)(i) * PAGE_SIZE)
#define OS_HEADER	OS_PAGE(0)
#define OS_LIST		OS_PAGE(1)
#define OS_IMAGE(i)	OS_PAGE(16 + (i))
#define OS_WINDOW(i)	OS_PAGE(128 + (i))

/* Code, constants, data with zeroed memory; two threads. */
#define FAKE_IMAGE_PAGES	6u
void fake_header(struct pal_image_header *header);

/* The header, in the OS's memory; page i of the image is full of 0x10 + i. */
void fake_write_image(const struct pal_image_header *header);
uint64_t fake_image_pages(const struct pal_image_header *header);

/* Entries of a list page: `count` pages from `first` on. */
void fake_write_list(uint64_t first, uint64_t count);

/* Each answers the first status that is an error, not HV_EAGAIN. */
int64_t fake_create(struct cpu *cpu, const struct pal_image_header *header,
		    uint64_t *handle);
int64_t fake_load(struct cpu *cpu, uint64_t handle, uint64_t page_count);
int64_t fake_window(struct cpu *cpu, uint64_t handle, uint64_t page_count);
int64_t fake_finish(struct cpu *cpu, uint64_t handle);	/* not judged */
int64_t fake_start(struct cpu *cpu, uint64_t handle);	/* and admitted */
int64_t fake_notary_start(struct cpu *cpu);
int64_t fake_destroy(struct cpu *cpu, uint64_t handle);

/* All of it; 0 if a step failed. */
uint64_t fake_pal_make(struct cpu *cpu, uint64_t window_pages);

#endif
