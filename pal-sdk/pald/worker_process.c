/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker: opens one PAL, makes one call after the other, and ends when its
 * socket does.  It waits as it likes; pald kills it when that takes too long.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include "pal_service.h"
#include "pald/worker.h"

/* Header and payload of the request, of the answer. */
struct messages {
	uint8_t *in;
	uint8_t *out;
	size_t room; /* for output, behind the header of out */
};

static bool read_all(uint8_t *bytes, size_t size)
{
	while (size) {
		ssize_t got = recv(STDIN_FILENO, bytes, size, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		bytes += got;
		size -= (size_t)got;
	}
	return true;
}

static bool answer(uint16_t type, int status, uint8_t *bytes, size_t size)
{
	const struct pald_header header = {
		.type = type | PALD_ANSWER,
		.size = (uint32_t)size,
		.status = status,
	};

	wire_write_header(bytes, &header);
	size += PALD_HEADER_SIZE;
	while (size) {
		ssize_t sent = send(STDIN_FILENO, bytes, size, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return false;
		bytes += sent;
		size -= (size_t)sent;
	}
	return true;
}

static bool answer_error(uint16_t type, int status)
{
	uint8_t bytes[PALD_HEADER_SIZE + PALD_TEXT_MAX];
	const char *text = pal_error_text();
	size_t size = strnlen(text, PALD_TEXT_MAX);

	memcpy(bytes + PALD_HEADER_SIZE, text, size);
	return answer(type, status, bytes, size);
}

static bool answer_opened(const struct pal *pal)
{
	uint8_t bytes[PALD_HEADER_SIZE + PALD_OPENED_SIZE];
	const struct pald_opened opened = {
		.arg_size = (uint32_t)pal_arg_size(pal),
		.flags = pal_is_simulated(pal) ? PALD_IS_SIMULATED : 0,
	};

	wire_write_opened(bytes + PALD_HEADER_SIZE, &opened);
	return answer(PALD_OPEN, 0, bytes, PALD_OPENED_SIZE);
}

static bool call(struct pal *pal, struct messages *messages, size_t size)
{
	struct pald_call request;
	size_t room, out_size;
	int status;

	if (wire_read_call(messages->in, size, &request))
		return false;
	room = request.capacity < messages->room ? request.capacity
						 : messages->room;
	status = pal_call(pal, request.entry, messages->in + PALD_CALL_SIZE,
			  size - PALD_CALL_SIZE,
			  messages->out + PALD_HEADER_SIZE, room, &out_size);
	explicit_bzero(messages->in, size);
	if (status)
		return answer_error(PALD_CALL, status);
	if (!answer(PALD_CALL, 0, messages->out, out_size))
		return false;
	explicit_bzero(messages->out, PALD_HEADER_SIZE + out_size);
	return true;
}

static void serve(struct pal *pal, struct messages *messages)
{
	uint8_t bytes[PALD_HEADER_SIZE];
	struct pald_header header;

	do {
		if (!read_all(bytes, sizeof(bytes)) ||
		    wire_read_request(bytes, &header) ||
		    header.type != PALD_CALL ||
		    !read_all(messages->in, header.size))
			return;
	} while (call(pal, messages, header.size));
}

/* Nobody looks in, it outlives nobody, and it leaves no core. */
static void seclude(void)
{
	const struct rlimit none = {0, 0};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	signal(SIGPIPE, SIG_IGN);
}

int worker_main(const char *path)
{
	struct messages messages;
	struct pal *pal;
	int status;

	seclude();
	status = pal_open(path, &pal);
	if (status) {
		answer_error(PALD_OPEN, status);
		return EXIT_FAILURE;
	}
	messages.room = pal_arg_size(pal);
	messages.in = malloc(PALD_PAYLOAD_MAX);
	messages.out = malloc(PALD_HEADER_SIZE + messages.room);
	if (messages.in && messages.out && answer_opened(pal))
		serve(pal, &messages);
	pal_close(pal);
	free(messages.in);
	free(messages.out);
	return EXIT_SUCCESS;
}
