/* SPDX-License-Identifier: BSD-2-Clause */
/* What the reporting kernels say on the first serial port: lines of words. */
#ifndef HANDOFF_PRINT_H
#define HANDOFF_PRINT_H

#include <stdint.h>

void say(const char *words);
void say_number(uint64_t value);	/* after a blank, in hexadecimal */
void say_line(const char *name, uint64_t value);
/* What can be printed of a text; 'text' is in quotes. */
void say_text(const char *name, const char *text);
/* A hash of these bytes (FNV-1a). */
uint32_t sum_of(const void *bytes, uint32_t size);
/* Registers, segments, paging: what any kernel finds. */
void say_state(void);

#endif
