/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What pald is while it runs: one thread that never waits but for events, and a
 * process for each open PAL.
 *
 * A connection has one request at a time: it is read whole, answered whole, and
 * only then the next one is read; so one message in and one out is all that a
 * connection can make pald hold.  All that come in from a user are counted as
 * they are announced; those that go out are no larger than the arguments of the
 * user's PALs, which are.  A worker serves the connection that opened it.
 *
 * Lists are changed only by the file that a structure belongs to.  What ends
 * while events are handled is freed after them, by server.c.
 */
#ifndef PALD_SERVER_H
#define PALD_SERVER_H

#include <sys/types.h>
#include "pald/buffer.h"
#include "pald/config.h"

enum watch_kind {
	WATCH_LISTENER,
	WATCH_SIGNALS,
	WATCH_CONNECTION,
	WATCH_WORKER,
};

/* A descriptor that events come from; the first field of what has it. */
struct watch {
	enum watch_kind kind;
	int descriptor; /* -1: closed */
	uint32_t events; /* EPOLL* that are waited for */
	bool is_added;
};

/* One for each user who has a connection or a PAL. */
struct user {
	struct user *next;
	uint32_t id;
	size_t connection_count;
	size_t pal_count;
	uint64_t memory; /* of the PALs */
	uint64_t request_memory; /* of the connections' requests, as announced */
};

enum connection_state {
	CONNECTION_READING, /* a request */
	CONNECTION_WAITING, /* for a worker */
	CONNECTION_WRITING, /* the answer */
	CONNECTION_ENDED,
};

struct connection {
	struct watch watch;
	struct connection *next;
	struct user *user;
	struct config_peer peer;
	enum connection_state state;
	bool ends; /* after the answer */
	struct buffer in, out;
	struct pald_header request;
	uint64_t reserved; /* its part of the user's request_memory */
	uint32_t last_handle;
};

enum worker_state {
	WORKER_IDLE,
	WORKER_SENDING, /* a request to it */
	WORKER_RECEIVING, /* its answer */
	WORKER_ENDING, /* its process is to end */
	WORKER_ENDED, /* it was waited for */
};

struct worker {
	struct watch watch;
	struct worker *next;
	struct connection *connection; /* NULL: has gone */
	struct user *user;
	uint64_t memory;
	pid_t pid;
	uint32_t handle;
	enum worker_state state;
	bool is_awaited; /* the connection's answer goes when this has ended */
	uint64_t deadline; /* of the state, in ms; UINT64_MAX: none */
};

struct server {
	struct config config;
	const char *config_path;
	int epoll;
	struct watch listener;
	uint64_t accept_deadline; /* to accept again, in ms; UINT64_MAX: none */
	struct watch signals;
	const char *own_socket; /* to remove at the end, or NULL */
	struct user *users;
	struct connection *connections;
	size_t connection_count;
	struct worker *workers;
	bool is_ending;
	uint64_t end_deadline;
};

/*
 * Wait for these events from now on; EPOLLHUP and EPOLLERR come unasked.
 * Returns false when there is no memory for it.
 */
bool server_watch(struct server *server, struct watch *watch, uint32_t events);

/* Close the descriptor; nothing more comes from it. */
void server_unwatch(struct server *server, struct watch *watch);

uint64_t server_now(void); /* in ms */

/*
 * Serve until a signal ends it.  Returns 0, or an errno when it could not
 * begin.
 */
int server_run(struct server *server);

/* Messages go to standard error, which is the journal. */
void server_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* PALD_SERVER_H */
