/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines on the first serial port, from any mode of the CPU. */
#ifndef BOOT_PRINT_H
#define BOOT_PRINT_H

#include <stdbool.h>
#include <stdint.h>

typedef unsigned long word;	/* a register: 32 bits, in 64-bit mode 64 */

void print(const char *text);
void print_hex(word value);	/* with a blank before it */
void print_end(void);		/* of the line */

/* A whole line: "ok NAME" or "not ok NAME". */
void verdict(const char *name, bool is_good);

static inline void outb(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

#endif
