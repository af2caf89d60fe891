/* SPDX-License-Identifier: BSD-2-Clause */
/* What an open PAL is inside libpal. */
#ifndef HOST_INSTANCE_H
#define HOST_INSTANCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/hypercall.h"
#include "pal_host.h"

/* How far the record of the first fault is. */
enum fault_state { FAULT_NONE, FAULT_WRITING, FAULT_RECORDED };

struct pal {
	uint64_t handle;
	unsigned int thread_count;
	int descriptor; /* of the device; -1: none */
	struct sim *sim; /* instead of the device; or NULL */
	size_t arg_size;
	size_t window_size;
	size_t data_size; /* the end of the window */
	unsigned char *window;
	bool takes_peers; /* other PALs' calls take threads, too */
	bool has_logs; /* a debug PAL: a page for each thread (log.c) */
	char name[HV_PAL_NAME_SIZE];
	/* A page that reads 1 here and 0 in a child made by fork(). */
	const volatile unsigned int *is_owner;

	_Atomic uint64_t free_threads; /* bit i: pal_call() may take thread i */
	_Atomic uint32_t release_count; /* futex: changes when waiters may go */
	_Atomic uint32_t waiter_count;

	_Atomic int fault_state; /* enum fault_state */
	struct pal_fault fault; /* constant once FAULT_RECORDED */
};

#endif /* HOST_INSTANCE_H */
