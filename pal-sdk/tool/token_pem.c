/* SPDX-License-Identifier: BSD-2-Clause */
/* PEM, with the library's parser and writer. */
#include "token_pem.h"
#include <mbedtls/pem.h>
#include <stdio.h>
#include <string.h>
#include "command.h"

#define LINE_SIZE 64

static void make_lines(const char *kind, char begin[LINE_SIZE],
		       char end[LINE_SIZE])
{
	snprintf(begin, LINE_SIZE, "-----BEGIN %s-----\n", kind);
	snprintf(end, LINE_SIZE, "-----END %s-----\n", kind);
}

int token_pem_write(const char *kind, const void *der, size_t size,
		    char pem[TOKEN_PEM_SIZE])
{
	char begin[LINE_SIZE], end[LINE_SIZE];
	size_t written;

	make_lines(kind, begin, end);
	if (!mbedtls_pem_write_buffer(begin, end, der, size,
				      (unsigned char *)pem, TOKEN_PEM_SIZE,
				      &written))
		return 0;
	report("it is too large to be written as PEM");
	return -1;
}

int token_pem_read(const char *kind, const char *text, uint8_t *der,
		   size_t *size)
{
	char begin[LINE_SIZE], end[LINE_SIZE];
	mbedtls_pem_context pem;
	const unsigned char *bytes;
	size_t used, got;
	int status;

	make_lines(kind, begin, end);
	/* The parser wants lines without their ends. */
	begin[strlen(begin) - 1] = '\0';
	end[strlen(end) - 1] = '\0';
	mbedtls_pem_init(&pem);
	status = mbedtls_pem_read_buffer(
		&pem, begin, end, (const unsigned char *)text, NULL, 0, &used);
	bytes = status ? NULL : mbedtls_pem_get_buffer(&pem, &got);
	if (bytes && got <= *size) {
		memcpy(der, bytes, got);
		*size = got;
	} else {
		status = -1;
	}
	mbedtls_pem_free(&pem);
	return status ? -1 : 0;
}
