/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_grub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "place.h"
#include "print.h"

char fake_grub_said[256];

/* Of handoff.S, which is not for the host. */
const char handoff_code[1], handoff_values[1], handoff_code_end[1];

/* Of start.S: so that every address is physical. */
uint64_t stub_moved = STUB_BASE;

static jmp_buf catcher;
static bool is_catching;

void fail(const char *words, ...)
{
	va_list args;

	va_start(args, words);
	vsnprintf(fake_grub_said, sizeof(fake_grub_said), words, args);
	va_end(args);
	if (!is_catching)
		abort();
	longjmp(catcher, 1);
}

bool fake_grub_fails(void (*function)(void), const char *words)
{
	bool has_failed = false;

	fake_grub_said[0] = '\0';
	is_catching = true;
	if (setjmp(catcher))
		has_failed = true;
	else
		function();
	is_catching = false;
	return has_failed && strstr(fake_grub_said, words);
}

void print_to_firmware(uint64_t protocol)
{
	(void)protocol;
}

void print_line(const char *words, ...)
{
	(void)words;
}
