/* SPDX-License-Identifier: BSD-2-Clause */
/* One function for each type of request: judge everything, then do it. */
#include "pald/request.h"
#include <inttypes.h>
#include <stdio.h>
#include "pal_service.h"
#include "pald/block.h"
#include "pald/connection.h"
#include "pald/worker.h"

static const uint8_t *payload(const struct connection *connection)
{
	return connection->in.bytes + PALD_HEADER_SIZE;
}

/* Returns 0, or an error and its text. */
static int judge_open(const struct server *server,
		      const struct connection *connection, char *name,
		      struct block *block, char *why, size_t size)
{
	const struct config *config = &server->config;
	const struct user *user = connection->user;
	const char *wrong = wire_read_name(payload(connection),
					   connection->request.size, name);
	int status;

	if (wrong) {
		snprintf(why, size, "%s", wrong);
		return PAL_EINVAL;
	}
	/* First of all: who may not use a block learns nothing about it. */
	if (!config_allows(config, &connection->peer, name)) {
		snprintf(why, size, "user %u may not use block %s", user->id,
			 name);
		return PAL_EPERM;
	}
	status = block_find(config, name, block, why, size);
	if (status)
		return status;
	if (block->memory > config->memory) {
		snprintf(why, size, "block %s needs %" PRIu64 " bytes; a user "
				    "may have %" PRIu64,
			 name, block->memory, config->memory);
		return PAL_ENOMEM;
	}
	if (user->pal_count >= config->pal_count) {
		snprintf(why, size, "user %u has %zu PALs open, which is the "
				    "limit",
			 user->id, user->pal_count);
		return PALD_EBUSY;
	}
	/* A limit that was lowered may be below what there is. */
	if (user->memory + block->memory > config->memory) {
		snprintf(why, size, "the PALs of user %u have %" PRIu64
				    " bytes, %" PRIu64 " more are wanted and "
				    "%" PRIu64 " are the limit",
			 user->id, user->memory, block->memory, config->memory);
		return PALD_EBUSY;
	}
	return 0;
}

static void handle_open(struct server *server, struct connection *connection)
{
	char name[PALD_NAME_MAX + 1], why[PALD_TEXT_MAX];
	struct block block;
	int status = judge_open(server, connection, name, &block, why,
				sizeof(why));

	if (!status && !worker_start(server, connection, &block)) {
		status = PALD_EBUSY;
		snprintf(why, sizeof(why), "the service can start no more "
					   "processes");
	}
	if (status)
		connection_answer_error(server, connection, status, why);
}

static void handle_call(struct server *server, struct connection *connection)
{
	struct pald_call call;
	const char *wrong = wire_read_call(payload(connection),
					   connection->request.size, &call);
	struct worker *worker;

	if (wrong) {
		connection_answer_error(server, connection, PAL_EINVAL, wrong);
		return;
	}
	worker = worker_find(server, connection, call.handle);
	if (worker)
		worker_call(server, worker);
	else if (call.handle && call.handle <= connection->last_handle)
		connection_answer_error(server, connection, PAL_EDEAD,
					"this PAL was ended earlier, or closed");
	else
		connection_answer_error(server, connection, PAL_EINVAL,
					"there is no PAL with this handle");
}

static void handle_close(struct server *server, struct connection *connection)
{
	struct worker *worker;
	const char *wrong;
	uint32_t handle;

	wrong = wire_read_close(payload(connection), connection->request.size,
				&handle);
	if (!wrong && (!handle || handle > connection->last_handle))
		wrong = "there is no PAL with this handle";
	if (wrong) {
		connection_answer_error(server, connection, PAL_EINVAL, wrong);
		return;
	}
	worker = worker_find(server, connection, handle);
	if (worker)
		worker_close(server, worker);
	else
		connection_answer(server, connection, NULL, 0);
}

static void handle_info(struct server *server, struct connection *connection)
{
	const struct config *config = &server->config;
	const struct user *user = connection->user;
	char text[PALD_TEXT_MAX];
	int size;

	if (connection->request.size) {
		connection_answer_error(server, connection, PAL_EINVAL,
					"this request has no payload");
		return;
	}
	size = snprintf(text, sizeof(text),
			"version %d\nuser %u\n"
			"pals %zu of %" PRIu64 "\n"
			"memory %" PRIu64 " of %" PRIu64 "\n"
			"connections %zu of %" PRIu64 "\n"
			"milliseconds %" PRIu64 "\n",
			PALD_VERSION, user->id, user->pal_count,
			config->pal_count, user->memory, config->memory,
			user->connection_count, config->connection_count,
			config->milliseconds);
	connection_answer(server, connection, text, (size_t)size);
}

void request_handle(struct server *server, struct connection *connection)
{
	switch ((enum pald_type)connection->request.type) {
	case PALD_OPEN:
		handle_open(server, connection);
		break;
	case PALD_CALL:
		handle_call(server, connection);
		break;
	case PALD_CLOSE:
		handle_close(server, connection);
		break;
	case PALD_INFO:
		handle_info(server, connection);
		break;
	case PALD_NOTHING:
		break;
	}
}
