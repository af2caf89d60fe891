/* SPDX-License-Identifier: BSD-2-Clause */
/* What a request asks for. */
#ifndef PALD_REQUEST_H
#define PALD_REQUEST_H

#include "pald/server.h"

/* Answer connection->request, whose message is in connection->in: at once, or
 * by a worker later. */
void request_handle(struct server *server, struct connection *connection);

#endif /* PALD_REQUEST_H */
