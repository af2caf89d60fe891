/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing JSON. */
#include "json.h"
#include <stdio.h>

void json_string(const char *text, size_t size)
{
	putchar('"');
	for (size_t i = 0; i < size && text[i]; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte == '"' || byte == '\\')
			printf("\\%c", byte);
		else if (byte < ' ' || byte > '~')
			printf("\\u%04x", byte);
		else
			putchar(byte);
	}
	putchar('"');
}
