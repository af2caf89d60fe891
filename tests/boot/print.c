/* SPDX-License-Identifier: BSD-2-Clause */
#include "print.h"

#define SERIAL			0x3f8
#define SERIAL_LINE_STATUS	0x3fd
#define LINE_STATUS_EMPTY	0x20

static void put(char c)
{
	while (!(inb(SERIAL_LINE_STATUS) & LINE_STATUS_EMPTY))
		;
	outb(SERIAL, (uint8_t)c);
}

void print(const char *text)
{
	while (*text)
		put(*text++);
}

void print_hex(word value)
{
	int shift = 8 * (int)sizeof(value) - 4;

	put(' ');
	while (shift > 0 && !(value >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		put("0123456789abcdef"[value >> shift & 15]);
}

void print_end(void)
{
	print("\r\n");
}

void verdict(const char *name, bool is_good)
{
	print(is_good ? "ok " : "not ok ");
	print(name);
	print_end();
}
