/* SPDX-License-Identifier: BSD-2-Clause */
/* A client's connection: its requests in, its answers out. */
#ifndef PALD_CONNECTION_H
#define PALD_CONNECTION_H

#include "pald/server.h"

/* Take a client who has just connected, or tell it why not. */
void connection_accept(struct server *server, int socket);

void connection_event(struct server *server, struct connection *connection,
		      uint32_t events);

/* Answer the request; no memory for it ends the connection. */
void connection_answer(struct server *server, struct connection *connection,
		       const void *payload, size_t size);
void connection_answer_error(struct server *server,
			     struct connection *connection, int status,
			     const char *text);

/*
 * The same in two steps: put the answer in `out`; send what is there.  The
 * first returns false when there was no memory and the connection is over.
 */
bool connection_prepare(struct server *server, struct connection *connection,
			int status, const void *payload, size_t size);
void connection_send(struct server *server, struct connection *connection);

/* End it, and its workers. */
void connection_end(struct server *server, struct connection *connection);

/*
 * The service ends: a client that waits for an answer gets it, the others are
 * told.
 */
void connection_dismiss(struct server *server, struct connection *connection);

/* Free those that have ended. */
void connection_sweep(struct server *server);

#endif /* PALD_CONNECTION_H */
