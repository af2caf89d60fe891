/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One message on its way.  Memory grows with what has arrived, not with what
 * was announced, and is wiped before it is given back.
 */
#ifndef PALD_BUFFER_H
#define PALD_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
	uint8_t *bytes;
	size_t capacity;
	size_t size; /* of the message, as far as it is known */
	size_t done; /* bytes of it that were received, or sent */
};

enum buffer_result {
	BUFFER_DONE, /* the whole message */
	BUFFER_MORE, /* later: the other side is slow */
	BUFFER_CLOSED, /* the other side has gone */
	BUFFER_NO_MEMORY,
};

/* Begin a message of size bytes; what was there is wiped. */
void buffer_begin(struct buffer *buffer, size_t size);

/* Make room for the whole message; false: no memory. */
bool buffer_fill(struct buffer *buffer);

enum buffer_result buffer_receive(struct buffer *buffer, int socket);
enum buffer_result buffer_send(struct buffer *buffer, int socket);

void buffer_free(struct buffer *buffer);

#endif /* PALD_BUFFER_H */
