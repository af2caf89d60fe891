/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes as hexadecimal digits. */
#ifndef TOOL_HEX_H
#define TOOL_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* size bytes as 2 * size digits and a zero at text. */
void hex_write(char *text, const uint8_t *bytes, size_t size);

/*
 * size bytes of exactly 2 * size digits (length characters at text).  Returns
 * false for anything else; bytes are then undefined.
 */
bool hex_read(const char *text, size_t length, uint8_t *bytes, size_t size);

#endif /* TOOL_HEX_H */
