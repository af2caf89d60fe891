/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processes that have the PALs, seen from the one that has the clients.  A
 * user's account is relieved when a process has been waited for: by then its
 * PAL is wiped.
 */
#ifndef PALD_WORKER_H
#define PALD_WORKER_H

#include "pald/block.h"
#include "pald/server.h"

/* The connection's PAL with this handle, or NULL. */
struct worker *worker_find(struct server *server,
			   const struct connection *connection,
			   uint32_t handle);

/*
 * Start a process that opens a PAL for the connection's request, and answers
 * it.  Returns false when there can be none; then nothing has happened.
 */
bool worker_start(struct server *server, struct connection *connection,
		  const struct block *block);

/* Let it handle the connection's request; it is idle. */
void worker_call(struct server *server, struct worker *worker);

/* End it; the connection is answered then. */
void worker_close(struct server *server, struct worker *worker);

/* The connection has gone: end its workers, those that are at work at once. */
void worker_abandon_all(struct server *server, struct connection *connection);

void worker_event(struct server *server, struct worker *worker,
		  uint32_t events);

/* Wait for all processes that have ended. */
void worker_reap_all(struct server *server);

/* End those that took too long; returns the next deadline, or UINT64_MAX. */
uint64_t worker_expire(struct server *server);

void worker_kill_all(struct server *server);

/* Free those that have ended. */
void worker_sweep(struct server *server);

/* `pald --worker FILE`: the process, with its socket as standard input. */
int worker_main(const char *path);

#endif /* PALD_WORKER_H */
