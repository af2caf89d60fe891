/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copying from and to the OS's memory: the only way to reach it.
 *
 * What is copied in is judged afterwards, never before: the OS may change it at
 * any time.  All functions need hv->lock, so that a page cannot leave the OS
 * in between.
 */
#ifndef CORE_GUEST_MEM_H
#define CORE_GUEST_MEM_H

#include <stddef.h>

#include "core/cpu.h"

/* Is this the address of a page (aligned) of RAM that the OS has? */
bool guest_mem_is_page(struct cpu *cpu, gpa_t at);

/*
 * Copy `size` bytes that lie within one page.  HV_OK, or HV_EINVAL if the page
 * is not the OS's RAM or is left.
 */
int guest_mem_read(struct cpu *cpu, gpa_t from, void *to, size_t size);
int guest_mem_write(struct cpu *cpu, gpa_t to, const void *from, size_t size);

/*
 * Translate a linear address as the OS's own page tables do now: none, 32-bit,
 * PAE, or 4 or 5 levels.  False if it is not mapped, or a table lies outside
 * the OS's RAM.
 */
bool guest_mem_walk(struct cpu *cpu, uint64_t address, gpa_t *out);

#endif
