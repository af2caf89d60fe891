/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the stub says: on the VGA text screen or, while they run, by UEFI's boot
 * services; and a serial port if wanted.
 */
#ifndef GRUB_PRINT_H
#define GRUB_PRINT_H

#include <stdint.h>

/* Also say it on this 16550's port. */
void print_to_serial(uint16_t port);

/* There is a text screen of this size at 0xb8000. */
void print_to_screen(uint32_t columns, uint32_t rows);

/* There is a UEFI console: EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL; 0: no more. */
void print_to_firmware(uint64_t protocol);

/* %s, %u, %lu, %x, %lx, as in hv/lib/printf.h; a line feed follows. */
void print_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Say why the machine does not go on, and stop for good; or do instead what
 * fail_calls() has named (NULL: nothing), which is not to return.  Once: that
 * failing, too, is the end.
 */
void fail_calls(void (*instead)(void));
void fail(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

#endif
