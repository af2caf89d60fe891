/* SPDX-License-Identifier: BSD-2-Clause */
#include "x86/serial.h"

#include "x86/insn.h"

#define LINE_STATUS	5
#define LINE_STATUS_THRE	0x20	/* the transmitter takes a byte */
#define PATIENCE	200000u	/* looks of about 1 us: a line at 9600 baud */

static uint16_t port;

void serial_init(uint16_t at)
{
	port = at;
}

static void put(char c, unsigned int *tries)
{
	while (!(read_port8((uint16_t)(port + LINE_STATUS)) & LINE_STATUS_THRE))
		if (*tries == 0 || --*tries == 0)
			return;
	write_port8(port, (uint8_t)c);
}

void serial_write(const char *text, unsigned int length)
{
	unsigned int tries = PATIENCE;
	unsigned int i;

	if (port == 0)
		return;
	for (i = 0; i < length; i++) {
		if (text[i] == '\n')
			put('\r', &tries);
		put(text[i], &tries);
	}
}
