/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What hostile programs share: orders to attack.ko, where protected memory is,
 * and what a root program can do by itself.
 */
#ifndef COMMON_HOSTILE_H
#define COMMON_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "module/attack.h"

#define HOSTILE_PAGE	4096u
#define HOSTILE_BLOCK	0x200000u

struct range {
	uint64_t base, size;
};

/*
 * Give attack.ko an order (an ATTACK_* command).  Returns 0 or a negative errno.
 * Without the module it ends the program.
 */
int hostile_order(unsigned long command, void *args);

/* A new block of Linux's own memory, full of ATTACK_MARKER. */
uint64_t hostile_block(void);

/* The words of a way. */
const char *hostile_way(unsigned int way);

/*
 * What of RAM cannot be read.  Returns false, having said why, if that is not
 * as much as the hypervisor says that it and its pool have.
 */
bool hostile_find_protected(struct attack_refused *refused);

/* How a try of a root program ended. */
enum hostile_end {
	HOSTILE_WORKED,		/* *value was read, or was written */
	HOSTILE_NOTHING,	/* reading gave zeros, an error, a short count */
	HOSTILE_KILLED,		/* SIGSEGV or SIGBUS */
	HOSTILE_REFUSED,	/* Linux did not even begin */
};

/* Through a mapping of a device's file made by the program itself. */
enum hostile_end hostile_map_read(const char *device, uint64_t address,
				  uint64_t *value);
enum hostile_end hostile_map_write(const char *device, uint64_t address,
				   uint64_t value);

/* With pread(). */
enum hostile_end hostile_dev_mem_read(uint64_t address, uint64_t *value);
enum hostile_end hostile_kcore_read(uint64_t address, uint64_t *value);

#endif
