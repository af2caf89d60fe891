/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of text: what the hypervisor has to say, for `pal log`.
 *
 * Never holds anything of a PAL but its number and how it ended.
 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "lib/spinlock.h"

#define LOG_SIZE	16384u		/* a power of two */

struct log {
	struct spinlock lock;
	uint64_t end;			/* bytes ever written */
	char text[LOG_SIZE];
};

/* Append one formatted line (lib/printf.h); the newline is added. */
void log_line(struct log *log, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Copy up to `size` bytes of text from byte number *from on; *from becomes the
 * number of the first byte copied.  Returns how many.
 */
size_t log_read(struct log *log, uint64_t *from, char *out, size_t size);

#endif
