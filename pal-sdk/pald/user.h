/* SPDX-License-Identifier: BSD-2-Clause */
/* Who has how much. */
#ifndef PALD_USER_H
#define PALD_USER_H

#include "pald/server.h"

/* The record of a user, made if there is none; NULL: no memory. */
struct user *user_find(struct server *server, uint32_t id);

/* Free the records of users who have nothing. */
void user_sweep(struct server *server);

#endif /* PALD_USER_H */
