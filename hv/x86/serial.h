/* SPDX-License-Identifier: BSD-2-Clause */
/* A 16550 that the loader has set up and lets us write to. */
#ifndef X86_SERIAL_H
#define X86_SERIAL_H

#include <stdint.h>

/* Use the device at this I/O port from now on; 0: none. */
void serial_init(uint16_t port);

/*
 * Write.  The device is waited for at most some 0.2 s in all, whatever the OS
 * has made of it; what it does not take by then is lost.
 */
void serial_write(const char *text, unsigned int length);

#endif
