/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of loader/grub: its fail() is caught, and what it says is kept. */
#ifndef UNIT_FAKE_GRUB_H
#define UNIT_FAKE_GRUB_H

#include <stdbool.h>

extern char fake_grub_said[256];

/* Did it end by fail(), with these words? */
bool fake_grub_fails(void (*function)(void), const char *words);

#endif
