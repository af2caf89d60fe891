/* SPDX-License-Identifier: BSD-2-Clause */
/* A list: there are as many users as have something open. */
#include "pald/user.h"
#include <stdlib.h>

struct user *user_find(struct server *server, uint32_t id)
{
	struct user *user;

	for (user = server->users; user; user = user->next)
		if (user->id == id)
			return user;
	user = calloc(1, sizeof(*user));
	if (!user)
		return NULL;
	user->id = id;
	user->next = server->users;
	server->users = user;
	return user;
}

void user_sweep(struct server *server)
{
	struct user **link = &server->users;

	while (*link) {
		struct user *user = *link;

		if (user->connection_count || user->pal_count) {
			link = &user->next;
			continue;
		}
		*link = user->next;
		free(user);
	}
}
