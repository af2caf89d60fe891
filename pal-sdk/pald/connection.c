/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading, waiting, writing, and again. */
#include "pald/connection.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "pal_service.h"
#include "pald/request.h"
#include "pald/user.h"
#include "pald/worker.h"

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif
#define GROUP_LIMIT 65536
/* A request of this size is read however much the user's others have. */
#define SMALL_REQUEST 16384

/* ---- End ----------------------------------------------------------------- */

static void drop_request(struct connection *connection)
{
	buffer_begin(&connection->in, 0);
	connection->user->request_memory -= connection->reserved;
	connection->reserved = 0;
}

void connection_end(struct server *server, struct connection *connection)
{
	if (connection->state == CONNECTION_ENDED)
		return;
	connection->state = CONNECTION_ENDED;
	server_unwatch(server, &connection->watch);
	worker_abandon_all(server, connection);
	drop_request(connection);
	buffer_free(&connection->in);
	buffer_free(&connection->out);
	connection->user->connection_count--;
	server->connection_count--;
}

void connection_sweep(struct server *server)
{
	struct connection **link = &server->connections;

	while (*link) {
		struct connection *connection = *link;

		if (connection->state != CONNECTION_ENDED) {
			link = &connection->next;
			continue;
		}
		*link = connection->next;
		free((void *)(uintptr_t)connection->peer.groups);
		free(connection);
	}
}

/* ---- Answers ------------------------------------------------------------- */

bool connection_prepare(struct server *server, struct connection *connection,
			int status, const void *payload, size_t size)
{
	const struct pald_header header = {
		.type = connection->request.type | PALD_ANSWER,
		.id = connection->request.id,
		.size = (uint32_t)size,
		.status = status,
	};

	buffer_begin(&connection->out, PALD_HEADER_SIZE + size);
	if (!buffer_fill(&connection->out)) {
		connection_end(server, connection);
		return false;
	}
	wire_write_header(connection->out.bytes, &header);
	if (size)
		memcpy(connection->out.bytes + PALD_HEADER_SIZE, payload, size);
	return true;
}

static void read_next(struct server *server, struct connection *connection)
{
	connection->state = CONNECTION_READING;
	connection->request = (struct pald_header){0};
	buffer_begin(&connection->in, PALD_HEADER_SIZE);
	if (!server_watch(server, &connection->watch, EPOLLIN))
		connection_end(server, connection);
}

void connection_send(struct server *server, struct connection *connection)
{
	connection->state = CONNECTION_WRITING;
	drop_request(connection);
	switch (buffer_send(&connection->out, connection->watch.descriptor)) {
	case BUFFER_DONE:
		buffer_begin(&connection->out, 0);
		if (connection->ends)
			connection_end(server, connection);
		else
			read_next(server, connection);
		return;
	case BUFFER_MORE:
		if (server_watch(server, &connection->watch, EPOLLOUT))
			return;
		break;
	case BUFFER_CLOSED:
	case BUFFER_NO_MEMORY:
		break;
	}
	connection_end(server, connection);
}

void connection_answer(struct server *server, struct connection *connection,
		       const void *payload, size_t size)
{
	if (connection_prepare(server, connection, 0, payload, size))
		connection_send(server, connection);
}

void connection_answer_error(struct server *server,
			     struct connection *connection, int status,
			     const char *text)
{
	if (connection_prepare(server, connection, status, text, strlen(text)))
		connection_send(server, connection);
}

/* The stream makes no sense any more, or there is no room for it. */
static void give_up(struct server *server, struct connection *connection,
		    int status, const char *text)
{
	connection->ends = true;
	connection_answer_error(server, connection, status, text);
}

void connection_dismiss(struct server *server, struct connection *connection)
{
	connection->ends = true;
	if (connection->state != CONNECTION_READING)
		return;
	connection->request = (struct pald_header){0};
	connection_answer_error(server, connection, PALD_EBUSY,
				"the service is ending");
}

/* ---- Requests ------------------------------------------------------------ */

/* Returns false when the user's requests have too much memory. */
static bool reserve(struct server *server, struct connection *connection)
{
	struct user *user = connection->user;
	uint64_t limit = server->config.memory, size = connection->request.size;
	char why[PALD_TEXT_MAX];

	if (size <= SMALL_REQUEST || user->request_memory + size <= limit) {
		user->request_memory += size;
		connection->reserved = size;
		return true;
	}
	snprintf(why, sizeof(why),
		 "the requests of user %u have %" PRIu64 " bytes, %" PRIu64
		 " more are wanted and %" PRIu64 " are the limit",
		 user->id, user->request_memory, size, limit);
	give_up(server, connection, PALD_EBUSY, why);
	return false;
}

/* Returns false when the connection has been answered instead. */
static bool judge_header(struct server *server, struct connection *connection)
{
	const char *wrong = wire_read_request(connection->in.bytes,
					      &connection->request);

	if (wrong) {
		give_up(server, connection, PAL_EPROTO, wrong);
		return false;
	}
	if (!reserve(server, connection))
		return false;
	connection->in.size += connection->request.size;
	return true;
}

static void read_request(struct server *server, struct connection *connection)
{
	bool has_header = connection->in.size > PALD_HEADER_SIZE;

	for (;;) {
		switch (buffer_receive(&connection->in,
				       connection->watch.descriptor)) {
		case BUFFER_MORE:
			return;
		case BUFFER_CLOSED:
			connection_end(server, connection);
			return;
		case BUFFER_NO_MEMORY:
			give_up(server, connection, PALD_EBUSY,
				"the service is out of memory");
			return;
		case BUFFER_DONE:
			break;
		}
		if (!has_header && !judge_header(server, connection))
			return;
		has_header = true;
		if (connection->in.done == connection->in.size)
			break;
	}
	/* Until the answer nothing is read, only its end is noticed. */
	connection->state = CONNECTION_WAITING;
	if (!server_watch(server, &connection->watch, 0))
		connection_end(server, connection);
	else
		request_handle(server, connection);
}

void connection_event(struct server *server, struct connection *connection,
		      uint32_t events)
{
	if (connection->state == CONNECTION_ENDED)
		return;
	/* Both directions are closed: nobody would read an answer. */
	if (events & (EPOLLHUP | EPOLLERR))
		connection_end(server, connection);
	else if (connection->state == CONNECTION_READING)
		read_request(server, connection);
	else if (connection->state == CONNECTION_WRITING)
		connection_send(server, connection);
}

/* ---- Begin --------------------------------------------------------------- */

/* A fresh socket has room for this. */
static void refuse(int socket, int status, const char *text)
{
	uint8_t bytes[PALD_HEADER_SIZE + PALD_TEXT_MAX];
	const struct pald_header header = {
		.type = PALD_ANSWER,
		.size = (uint32_t)strlen(text),
		.status = status,
	};

	wire_write_header(bytes, &header);
	memcpy(bytes + PALD_HEADER_SIZE, text, header.size);
	send(socket, bytes, PALD_HEADER_SIZE + header.size,
	     MSG_DONTWAIT | MSG_NOSIGNAL);
	close(socket);
}

/* The supplementary groups; none where the kernel (before 4.13) cannot tell. */
static void read_groups(int socket, struct config_peer *peer)
{
	socklen_t size = 0;
	gid_t *groups;

	_Static_assert(sizeof(gid_t) == sizeof(uint32_t), "groups as they are");
	if (!getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) ||
	    errno != ERANGE || size > GROUP_LIMIT * sizeof(gid_t))
		return;
	groups = malloc(size);
	if (!groups || getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups,
				  &size)) {
		free(groups);
		return;
	}
	peer->groups = groups;
	peer->group_count = size / sizeof(gid_t);
}

/* Returns 0, or an error and its text. */
static int judge(struct server *server, int socket, struct config_peer *peer,
		 struct user **user, char *why, size_t size)
{
	const struct config *config = &server->config;
	struct ucred peer_is;
	socklen_t length = sizeof(peer_is);

	if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer_is, &length)) {
		snprintf(why, size, "who are you? %s", strerror(errno));
		return PAL_EPERM;
	}
	peer->user = peer_is.uid;
	peer->group = peer_is.gid;
	read_groups(socket, peer);
	if (!config_knows(config, peer)) {
		snprintf(why, size, "user %u may use no block of this service",
			 peer->user);
		return PAL_EPERM;
	}
	*user = user_find(server, peer->user);
	if (!*user ||
	    server->connection_count >= config->total_connection_count) {
		snprintf(why, size, "the service has as many connections as it "
				    "can have");
		return PALD_EBUSY;
	}
	if ((*user)->connection_count >= config->connection_count) {
		snprintf(why, size, "user %u has %zu connections, which is the "
				    "limit",
			 peer->user, (*user)->connection_count);
		return PALD_EBUSY;
	}
	return 0;
}

static void begin(struct server *server, struct connection *connection)
{
	connection->next = server->connections;
	server->connections = connection;
	connection->user->connection_count++;
	server->connection_count++;
	read_next(server, connection);
}

void connection_accept(struct server *server, int socket)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	char why[PALD_TEXT_MAX];
	int status;

	if (!connection) {
		refuse(socket, PALD_EBUSY, "the service is out of memory");
		return;
	}
	status = judge(server, socket, &connection->peer, &connection->user,
		       why, sizeof(why));
	if (status) {
		refuse(socket, status, why);
		free((void *)(uintptr_t)connection->peer.groups);
		free(connection);
		return;
	}
	connection->watch = (struct watch){
		.kind = WATCH_CONNECTION,
		.descriptor = socket,
	};
	begin(server, connection);
}
