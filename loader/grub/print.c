/* SPDX-License-Identifier: BSD-2-Clause */
#include "print.h"

#include <stdarg.h>
#include <stddef.h>

#include "lib/printf.h"

#define SCREEN		((volatile uint16_t *)0xb8000)
#define GREY_ON_BLACK	0x0700
#define LINE_STATUS	5
#define LINE_STATUS_THRE	0x20
#define PATIENCE	10000

/* Of UEFI 2.10, 12.4, what is called. */
struct text_output {
	void *reset;
	uint64_t (__attribute__((ms_abi)) *write)(const struct text_output *,
						  const uint16_t *text);
};

static const struct text_output *firmware;
static uint16_t serial;
static uint32_t column_count, row_count, column, row;

void print_to_serial(uint16_t port)
{
	serial = port;
}

void print_to_screen(uint32_t columns, uint32_t rows)
{
	column_count = columns;
	row_count = rows;
	row = rows ? rows - 1 : 0;
}

void print_to_firmware(uint64_t protocol)
{
	firmware = (const struct text_output *)protocol;
}

static uint8_t read_port(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void put_serial(char c)
{
	unsigned int tries = PATIENCE;

	if (!serial)
		return;
	while (!(read_port((uint16_t)(serial + LINE_STATUS)) &
		 LINE_STATUS_THRE))
		if (tries-- == 0)
			return;
	__asm__ volatile("outb %0, %1" : : "a"(c), "Nd"(serial));
}

static void scroll(void)
{
	uint32_t i;

	for (i = 0; i < column_count * row_count; i++)
		SCREEN[i] = i < column_count * (row_count - 1) ?
			    SCREEN[i + column_count] : GREY_ON_BLACK | ' ';
}

static void put_screen(char c)
{
	if (!row_count)
		return;
	if (c == '\n' || column == column_count) {
		column = 0;
		scroll();
	}
	if (c != '\n')
		SCREEN[row * column_count + column++] =
			(uint16_t)(GREY_ON_BLACK | (uint8_t)c);
}

/* Behind all else: its console may be the serial port, too. */
static void put_firmware(const char *words)
{
	uint16_t text[] = { 0, 0 };

	for (; firmware && *words; words++) {
		text[0] = (uint8_t)*words;
		firmware->write(firmware, text);
	}
}

static void put(char c)
{
	if (c == '\n')
		put_serial('\r');
	put_serial(c);
	put_screen(c);
}

static void print(const char *words, va_list args)
{
	char text[200];
	size_t i, length = format(text, sizeof(text), words, args);

	for (i = 0; i < length; i++)
		put(text[i]);
	put('\n');
	put_firmware(text);
	put_firmware("\r\n");
}

void print_line(const char *words, ...)
{
	va_list args;

	va_start(args, words);
	print(words, args);
	va_end(args);
}

static void (*called_instead)(void);

void fail_calls(void (*instead)(void))
{
	called_instead = instead;
}

void fail(const char *words, ...)
{
	void (*instead)(void) = called_instead;
	va_list args;

	va_start(args, words);
	print(words, args);
	va_end(args);
	called_instead = NULL;
	if (instead)
		instead();
	print_line("Palisade: stopped. Restart, and choose another entry.");
	for (;;)
		__asm__ volatile("cli; hlt");
}
