/* SPDX-License-Identifier: BSD-2-Clause */
/* What a struct token is, for the files of this folder. */
#ifndef TOKEN_INSTANCE_H
#define TOKEN_INSTANCE_H

#include <pthread.h>
#include "pal_host.h"
#include "token.h"

/* A power of two. */
#define CACHE_SIZE 256

struct token {
	char name[TOKEN_NAME_SIZE];
	int folder;
	struct pal *pal;
	/* Loading and changing; held with the file lock. */
	pthread_mutex_t mutex;
	bool is_swept; /* by the mutex */
	/* Summaries by handle % CACHE_SIZE; handle 0: nothing. */
	pthread_mutex_t cache_mutex;
	struct key_summary cache[CACHE_SIZE];
};

/* Load the newest state; without one there is none.  Takes mutex and lock. */
CK_RV instance_load(struct token *token);

/* The same for who has them; `is_alone`: the lock is not a shared one. */
CK_RV instance_load_locked(struct token *token, bool is_alone);

/* Save attempts and counts: KEY_OP_SAVE. */
CK_RV instance_save(struct token *token);

void instance_remember(struct token *token, const struct key_summary *summary);
void instance_forget(struct token *token, uint64_t handle);
void instance_forget_all(struct token *token);

#endif /* TOKEN_INSTANCE_H */
