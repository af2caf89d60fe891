/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions: what C_OpenSession() gives out.  A session is used by one thread at
 * a time; another that comes meanwhile waits for it.
 */
#ifndef LIB_SESSION_H
#define LIB_SESSION_H

#include <stdbool.h>
#include "cryptoki.h"
#include "lock.h"
#include "operation.h"
#include "slot.h"

/* A search under way: handles that were found, and how many were given out. */
struct search {
	bool is_active;
	CK_OBJECT_HANDLE *handles;
	size_t count;
	size_t given_count;
};

struct session {
	CK_SESSION_HANDLE handle;
	struct slot *slot;
	struct token *token; /* the slot's */
	bool is_read_write;
	struct lock lock; /* held by the thread that uses it */
	/* Under the library's lock: */
	unsigned int user_count; /* threads that have it or wait for it */
	bool is_closed; /* the last of them frees it */
	/* Under its own: */
	struct operation operations[OPERATION_KINDS];
	struct search search;
};

/*
 * The session of that number, for this thread alone until session_release().
 * Returns CKR_OK, CKR_CRYPTOKI_NOT_INITIALIZED or CKR_SESSION_HANDLE_INVALID.
 */
CK_RV session_take(CK_SESSION_HANDLE handle, struct session **out);
void session_release(struct session *session);

/*
 * What nearly every function with a session is: take the session of that
 * number, as `name`; do `work`, a call with it; release it.  Has the value of
 * `work`, or of session_take() if that failed, and then `work` is not done.
 */
#define WITH_SESSION(name, handle, work)                                       \
	({                                                                     \
		struct session *name;                                          \
		CK_RV rv_ = session_take(handle, &name);                       \
                                                                               \
		if (!rv_) {                                                    \
			rv_ = (work);                                          \
			session_release(name);                                 \
		}                                                              \
		rv_;                                                           \
	})

void session_end_search(struct session *session);

/* At the library's end: no thread is in a session any more. */
void sessions_close_all(void);

/* In a child made by fork(): forget the parent's. */
void sessions_abandon(void);

#endif /* LIB_SESSION_H */
