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
#define COUNT_OF(array)	(sizeof(array) / sizeof((array)[0]))

struct range {
	uint64_t base, size;
};

/*
 * Give attack.ko an order (an ATTACK_* command).  Returns 0 or a negative
 * errno.  Without the module it ends the program.
 */
int hostile_order(unsigned long command, void *args);

/* A new block of Linux's own memory, full of ATTACK_MARKER. */
uint64_t hostile_block(void);

/* The words of a way. */
const char *hostile_way(unsigned int way);

/* A mapping of `size` bytes of physical memory; ends the program if refused. */
void *hostile_map(uint64_t address, size_t size);

/*
 * Was it there before Linux?  Then Linux does not have its memory, not even as
 * RAM that cannot be read, and it cannot be launched anew.
 */
bool hostile_was_before_linux(void);
/* Where it is then, by Linux's list of what is reserved. */
bool hostile_find_reserved(struct range *hypervisor);

/* Add that, and the IOMMU's table beside it, to what cannot be read. */
void hostile_add_reserved(struct attack_refused *refused);

/*
 * What of Linux's RAM cannot be read.  Returns NULL, or why that is wrong: it
 * is not as much as the hypervisor says that it and its pool have.
 */
const char *hostile_find_protected(struct attack_refused *refused);

/* A hypercall of the kernel; -1000 - vector if the instruction trapped. */
int64_t hostile_call(uint64_t number, uint64_t rdi, uint64_t rsi, uint64_t rdx,
		     uint64_t *result_rdx);

/*
 * Give this CPU another APIC id and its own again: what the register had in
 * between.
 */
uint64_t hostile_try_apic_id(uint64_t *before);

/* Where PCI configuration lies in memory; 0: nowhere. */
uint64_t hostile_ecam(void);

/*
 * PCI configuration as Linux reads and writes it for root, by ports below
 * 0x100; device is 0000:00:1f.0, say.  0, or -1: not so many bytes.
 */
int hostile_config_read(const char *device, uint32_t offset, void *to,
			uint32_t size);
int hostile_config_write(const char *device, uint32_t offset, const void *from,
			 uint32_t size);

/* Run the following on this CPU only; false if there is no such CPU. */
bool hostile_run_on(unsigned int cpu);
unsigned int hostile_cpu_count(void);

/* HC_FLUSH on every CPU. */
void hostile_flush_all(void);

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

/* Call what is mapped there; it works if it returns. */
enum hostile_end hostile_map_execute(const char *device, uint64_t address);

/* With pread(). */
enum hostile_end hostile_dev_mem_read(uint64_t address, uint64_t *value);
enum hostile_end hostile_kcore_read(uint64_t address, uint64_t *value);

#endif
