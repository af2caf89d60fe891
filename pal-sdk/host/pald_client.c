/* SPDX-License-Identifier: BSD-2-Clause */
/* A program's side of the service: one request, one answer, at a time. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "error.h"
#include "pal_service.h"
#include "pald_protocol.h"

struct pald {
	int socket;
	uint64_t last_id;
};

/* What goes in or out in pieces. */
struct piece {
	const void *bytes;
	size_t size;
};

static int gone(void)
{
	return error_set(PALD_ENOSERVICE,
			 "pald has ended the connection: see its log");
}

int pald_connect(const char *path, struct pald **out)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct pald *service;

	path = path ? path : secure_getenv("PALD_SOCKET");
	path = path ? path : PALD_SOCKET;
	if (!out || strlen(path) >= sizeof(address.sun_path))
		return error_plain(PAL_EINVAL);
	memcpy(address.sun_path, path, strlen(path) + 1);
	service = calloc(1, sizeof(*service));
	if (!service)
		return error_plain(PAL_ENOMEM);
	service->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (service->socket < 0 ||
	    connect(service->socket, (struct sockaddr *)&address,
		    sizeof(address))) {
		int cause = errno;

		pald_disconnect(service);
		return error_set(cause == EACCES ? PAL_EPERM : PALD_ENOSERVICE,
				 "%s: %s: does pald run?", path,
				 strerror(cause));
	}
	*out = service;
	return 0;
}

void pald_disconnect(struct pald *service)
{
	if (!service)
		return;
	if (service->socket >= 0)
		close(service->socket);
	free(service);
}

/* ---- Messages ------------------------------------------------------------ */

/* An end here is not the last word: a refusal may be there to be read. */
static void send_all(const struct pald *service, struct piece piece)
{
	const char *bytes = piece.bytes;

	while (piece.size) {
		ssize_t sent = send(service->socket, bytes, piece.size,
				    MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return;
		bytes += sent;
		piece.size -= (size_t)sent;
	}
}

static bool receive_all(const struct pald *service, void *to, size_t size)
{
	char *bytes = to;

	while (size) {
		ssize_t got = recv(service->socket, bytes, size, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		bytes += got;
		size -= (size_t)got;
	}
	return true;
}

static int receive_error(const struct pald *service,
			 const struct pald_header *header)
{
	char text[PALD_TEXT_MAX + 1] = "";

	if (!receive_all(service, text, header->size))
		return gone();
	return error_set(header->status, "%s",
			 *text ? text : pal_strerror(header->status));
}

/* The header of the answer to this request, which is no error. */
static int receive_header(const struct pald *service, uint16_t type,
			  struct pald_header *header)
{
	uint8_t bytes[PALD_HEADER_SIZE];
	const char *wrong;

	if (!receive_all(service, bytes, sizeof(bytes)))
		return gone();
	wrong = wire_read_answer(bytes, header);
	if (wrong)
		return error_set(PAL_EPROTO, "pald: %s", wrong);
	/* Nothing but an error may be an answer to no request. */
	if (header->type != PALD_ANSWER &&
	    (header->type != (type | PALD_ANSWER) ||
	     header->id != service->last_id))
		return error_set(PAL_EPROTO,
				 "pald answers what was not asked");
	return header->status ? receive_error(service, header) : 0;
}

/*
 * Ask, and receive an answer of at most capacity bytes.  A payload that is too
 * large for it breaks the protocol.
 */
static int ask(struct pald *service, uint16_t type, const struct piece *pieces,
	       void *out, size_t capacity, size_t *out_size)
{
	struct pald_header header = {.type = type, .id = ++service->last_id};
	uint8_t bytes[PALD_HEADER_SIZE];
	int status;

	header.size = (uint32_t)(pieces[0].size + pieces[1].size);
	wire_write_header(bytes, &header);
	send_all(service, (struct piece){bytes, sizeof(bytes)});
	send_all(service, pieces[0]);
	send_all(service, pieces[1]);
	status = receive_header(service, type, &header);
	if (status)
		return status;
	if (header.size > capacity)
		return error_set(PAL_EPROTO, "pald answers more than asked");
	if (!receive_all(service, out, header.size))
		return gone();
	if (out_size)
		*out_size = header.size;
	return 0;
}

/* ---- Requests ------------------------------------------------------------ */

int pald_open(struct pald *service, const char *name, struct pald_block *block)
{
	uint8_t bytes[PALD_OPENED_SIZE];
	struct piece pieces[2] = {{name, 0}, {NULL, 0}};
	struct pald_opened opened;
	const char *wrong;
	size_t size;
	int status;

	if (!service || !name || !block)
		return error_plain(PAL_EINVAL);
	wrong = wire_judge_name(name);
	if (wrong)
		return error_set(PAL_EINVAL, "%s", wrong);
	pieces[0].size = strlen(name);
	status = ask(service, PALD_OPEN, pieces, bytes, sizeof(bytes), &size);
	if (status)
		return status;
	wrong = wire_read_opened(bytes, size, &opened);
	if (wrong)
		return error_set(PAL_EPROTO, "pald: %s", wrong);
	block->handle = opened.handle;
	block->arg_size = opened.arg_size;
	block->is_simulated = (opened.flags & PALD_IS_SIMULATED) != 0;
	return 0;
}

int pald_call(struct pald *service, uint32_t handle, unsigned int entry,
	      const void *in, size_t in_size, void *out, size_t out_capacity,
	      size_t *out_size)
{
	uint8_t bytes[PALD_CALL_SIZE];
	const struct piece pieces[2] = {{bytes, sizeof(bytes)}, {in, in_size}};
	struct pald_call call = {.handle = handle, .entry = entry};

	if (!service || (in_size && !in) || (out_capacity && !out))
		return error_plain(PAL_EINVAL);
	if (in_size > PALD_PAYLOAD_MAX - PALD_CALL_SIZE)
		return error_plain(PAL_ESIZE);
	call.capacity = out_capacity < PALD_PAYLOAD_MAX
				? (uint32_t)out_capacity
				: PALD_PAYLOAD_MAX;
	wire_write_call(bytes, &call);
	return ask(service, PALD_CALL, pieces, out, call.capacity, out_size);
}

int pald_close(struct pald *service, uint32_t handle)
{
	uint8_t bytes[PALD_CLOSE_SIZE];
	const struct piece pieces[2] = {{bytes, sizeof(bytes)}, {NULL, 0}};

	if (!service)
		return error_plain(PAL_EINVAL);
	wire_put32(bytes, handle);
	return ask(service, PALD_CLOSE, pieces, NULL, 0, NULL);
}
