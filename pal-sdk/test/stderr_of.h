/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of what a program says. */
#ifndef TEST_STDERR_OF_H
#define TEST_STDERR_OF_H

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include "pal_host.h"

/* What goes to standard error meanwhile, in a static buffer. */
static inline const char *stderr_of(void (*run)(struct pal *), struct pal *pal)
{
	static char text[16384];
	int file = memfd_create("stderr", 0), before = dup(2);
	ssize_t size;

	fflush(stderr);
	dup2(file, 2);
	run(pal);
	fflush(stderr);
	dup2(before, 2);
	size = pread(file, text, sizeof(text) - 1, 0);
	text[size < 0 ? 0 : size] = '\0';
	close(before);
	close(file);
	return text;
}

#endif /* TEST_STDERR_OF_H */
