/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The OS's memory as its nested page table shows it: the identity in large
 * pages, minus what is not the OS's.
 *
 * RAM and the first 4 GiB are mapped from the start.  Device memory above is
 * mapped when it is first touched, because a table for all of a CPU's address
 * space would not fit.
 */
#ifndef CORE_OS_SPACE_H
#define CORE_OS_SPACE_H

#include "core/hv.h"

/*
 * Build the table, without [memory, +size), and with devices' registers that
 * the access table guards not to be written.  HV_OK, HV_ENOMEM, or HV_ENOTSUP:
 * whoever ran before has moved the APIC into RAM or above 4 GiB.
 */
int os_space_init(struct hv *hv, hpa_t memory, uint64_t size);

/*
 * Take a range out of the table, before there is anybody who uses it: the
 * hypervisor's memory (`level` NPT_2M), or registers that are its own (NPT_4K;
 * below 4 GiB).  HV_OK or HV_ENOMEM.
 */
int os_space_hide(struct hv *hv, struct gpa_range range, int level);

/* Is it mapped, but not to be written?  Needs hv->lock. */
bool os_space_is_read_only(const struct hv *hv, gpa_t at);

/*
 * Serve an access that the table refused.  True: it is mapped now (or was all
 * along), the OS may try again.  Needs hv->lock.
 */
bool os_space_fill(struct hv *hv, gpa_t at, unsigned int access);

/* HC_POOL_ADD and HC_POOL_REMOVE: see abi/hypercall.h.  Need hv->lock. */
int os_space_give_block(struct hv *hv, uint64_t base);
int os_space_take_block(struct hv *hv, uint64_t base);

#endif
