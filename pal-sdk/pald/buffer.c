/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages and sockets that do not block. */
#include "pald/buffer.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define FIRST_CAPACITY 1024
/* A larger buffer is not kept for the next message. */
#define KEPT_CAPACITY  16384

void buffer_free(struct buffer *buffer)
{
	if (buffer->bytes)
		explicit_bzero(buffer->bytes, buffer->capacity);
	free(buffer->bytes);
	*buffer = (struct buffer){0};
}

void buffer_begin(struct buffer *buffer, size_t size)
{
	if (buffer->capacity > KEPT_CAPACITY)
		buffer_free(buffer);
	else if (buffer->bytes)
		explicit_bzero(buffer->bytes, buffer->capacity);
	buffer->size = size;
	buffer->done = 0;
}

/* Not realloc(), which would leave a copy behind. */
static bool grow(struct buffer *buffer, size_t capacity)
{
	uint8_t *bytes = malloc(capacity);

	if (!bytes)
		return false;
	if (buffer->bytes) {
		memcpy(bytes, buffer->bytes, buffer->capacity);
		explicit_bzero(buffer->bytes, buffer->capacity);
		free(buffer->bytes);
	}
	buffer->bytes = bytes;
	buffer->capacity = capacity;
	return true;
}

bool buffer_fill(struct buffer *buffer)
{
	return buffer->size <= buffer->capacity || grow(buffer, buffer->size);
}

static bool make_room(struct buffer *buffer)
{
	size_t capacity = buffer->capacity ? 2 * buffer->capacity
					   : FIRST_CAPACITY;

	if (buffer->done < buffer->capacity)
		return true;
	if (capacity > buffer->size && buffer->size > FIRST_CAPACITY)
		capacity = buffer->size;
	return grow(buffer, capacity);
}

enum buffer_result buffer_receive(struct buffer *buffer, int socket)
{
	while (buffer->done < buffer->size) {
		size_t room;
		ssize_t got;

		if (!make_room(buffer))
			return BUFFER_NO_MEMORY;
		room = buffer->capacity < buffer->size ? buffer->capacity
						       : buffer->size;
		got = recv(socket, buffer->bytes + buffer->done,
			   room - buffer->done, MSG_DONTWAIT);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return BUFFER_MORE;
		if (got <= 0)
			return BUFFER_CLOSED;
		buffer->done += (size_t)got;
	}
	return BUFFER_DONE;
}

enum buffer_result buffer_send(struct buffer *buffer, int socket)
{
	while (buffer->done < buffer->size) {
		ssize_t sent = send(socket, buffer->bytes + buffer->done,
				    buffer->size - buffer->done,
				    MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return BUFFER_MORE;
		if (sent < 0)
			return BUFFER_CLOSED;
		buffer->done += (size_t)sent;
	}
	return BUFFER_DONE;
}
