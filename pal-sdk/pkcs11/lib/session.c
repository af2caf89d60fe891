/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of sessions; C_OpenSession, C_CloseSession, C_CloseAllSessions.
 * A handle is the session's place in the table and a number that no session
 * before had, so that an old handle never means a new session.
 */
#include "session.h"
#include <stdlib.h>
#include <string.h>
#include "library.h"

#define PLACE_BITS  12
#define PLACE_COUNT (1UL << PLACE_BITS)

static struct session *sessions[PLACE_COUNT];
static CK_ULONG last_number;

/* A free place, or PLACE_COUNT. */
static size_t find_place(void)
{
	size_t place;

	for (place = 0; place < PLACE_COUNT; place++)
		if (!sessions[place])
			return place;
	return place;
}

static struct session *find(CK_SESSION_HANDLE handle)
{
	struct session *session = sessions[handle & (PLACE_COUNT - 1)];

	return session && session->handle == handle ? session : NULL;
}

/* It may have been closed while this thread waited for it. */
static bool is_open(const struct session *session)
{
	bool answer;

	library_lock();
	answer = !session->is_closed;
	library_unlock();
	return answer;
}

CK_RV session_take(CK_SESSION_HANDLE handle, struct session **out)
{
	CK_RV rv = library_enter();
	struct session *session;

	if (rv)
		return rv;
	library_lock();
	session = find(handle);
	if (session)
		session->user_count++;
	library_unlock();
	if (!session)
		return CKR_SESSION_HANDLE_INVALID;
	lock_take(&session->lock);
	*out = session;
	if (is_open(session))
		return CKR_OK;
	session_release(session);
	return CKR_SESSION_HANDLE_INVALID;
}

static void free_session(struct session *session)
{
	session_end_search(session);
	for (enum operation_kind kind = 0; kind < OPERATION_KINDS; kind++)
		operation_end(session, kind);
	lock_destroy(&session->lock);
	free(session);
}

void session_release(struct session *session)
{
	bool is_last;

	lock_release(&session->lock);
	library_lock();
	is_last = --session->user_count == 0 && session->is_closed;
	library_unlock();
	if (is_last)
		free_session(session);
}

/* ---- Opening ------------------------------------------------------------- */

/* Under the library's lock. */
static CK_RV put(struct session *session)
{
	struct slot *slot = session->slot;
	size_t place;

	/* Who is logged in as SO sees only what he may change. */
	if (!session->is_read_write && slot->login == CKU_SO)
		return CKR_SESSION_READ_WRITE_SO_EXISTS;
	place = find_place();
	if (place == PLACE_COUNT)
		return CKR_SESSION_COUNT;
	session->handle = ++last_number << PLACE_BITS | place;
	sessions[place] = session;
	slot->session_count++;
	slot->read_write_count += session->is_read_write;
	return CKR_OK;
}

static CK_RV open_session(struct slot *slot, struct token *token,
			  CK_FLAGS flags, CK_SESSION_HANDLE *handle)
{
	struct session *session = calloc(1, sizeof(*session));
	CK_RV rv;

	if (!session)
		return CKR_HOST_MEMORY;
	session->slot = slot;
	session->token = token;
	session->is_read_write = flags & CKF_RW_SESSION;
	rv = lock_make(&session->lock);
	if (rv) {
		free(session);
		return rv;
	}
	library_lock();
	rv = put(session);
	if (!rv)
		*handle = session->handle;
	library_unlock();
	if (rv)
		free_session(session);
	return rv;
}

/* Nobody is told of anything, so the notification is not used. */
CK_RV C_OpenSession(CK_SLOT_ID id, CK_FLAGS flags, void *application,
		    CK_NOTIFY notify, CK_SESSION_HANDLE *handle)
{
	struct key_token_info info;
	struct token *token;
	struct slot *slot;
	CK_RV rv = slot_find(id, &slot);

	(void)application, (void)notify;
	if (rv)
		return rv;
	if (!handle)
		return CKR_ARGUMENTS_BAD;
	if (!(flags & CKF_SERIAL_SESSION))
		return CKR_SESSION_PARALLEL_NOT_SUPPORTED;
	rv = slot_open(slot, &token);
	if (!rv)
		rv = token_info(token, &info);
	if (rv)
		return rv;
	if (!(info.flags & CKF_TOKEN_INITIALIZED))
		return CKR_TOKEN_NOT_RECOGNIZED;
	return open_session(slot, token, flags, handle);
}

/* ---- Closing ------------------------------------------------------------- */

/*
 * Take it out of the table: from here on no thread finds it.  Under the
 * library's lock.  Returns whether it was the last with a login.
 */
static bool take_out(struct session *session)
{
	struct slot *slot = session->slot;
	bool was_logged_in;

	sessions[session->handle & (PLACE_COUNT - 1)] = NULL;
	session->is_closed = true;
	slot->read_write_count -= session->is_read_write;
	if (--slot->session_count)
		return false;
	was_logged_in = slot->login != SLOT_NOBODY;
	slot->login = SLOT_NOBODY;
	return was_logged_in;
}

static struct slot *slot_of(CK_SESSION_HANDLE handle)
{
	const struct session *session;
	struct slot *slot;

	library_lock();
	session = find(handle);
	slot = session ? session->slot : NULL;
	library_unlock();
	return slot;
}

/* The session, which no other thread finds any more; who was its last, is out. */
static struct session *take_away(CK_SESSION_HANDLE handle, struct slot *slot)
{
	bool must_log_out = false;
	struct session *session;

	lock_take(&slot->logging);
	library_lock();
	session = find(handle);
	if (session) {
		session->user_count++;
		must_log_out = take_out(session);
	}
	library_unlock();
	if (must_log_out)
		token_logout(session->token);
	lock_release(&slot->logging);
	return session;
}

/* A thread that still uses it frees it when it is done. */
static CK_RV close_session(CK_SESSION_HANDLE handle)
{
	struct slot *slot = slot_of(handle);
	struct session *session = slot ? take_away(handle, slot) : NULL;
	struct token *token;

	if (!session)
		return CKR_SESSION_HANDLE_INVALID;
	token = session->token;
	lock_take(&session->lock);
	session_release(session);
	token_end_session(token, handle);
	return CKR_OK;
}

CK_RV C_CloseSession(CK_SESSION_HANDLE handle)
{
	CK_RV rv = library_enter();

	return rv ? rv : close_session(handle);
}

/* Of the slot, or of all slots for NULL. */
static void close_sessions_of(const struct slot *slot)
{
	for (size_t place = 0; place < PLACE_COUNT; place++) {
		CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;

		library_lock();
		if (sessions[place] && (!slot || sessions[place]->slot == slot))
			handle = sessions[place]->handle;
		library_unlock();
		if (handle != CK_INVALID_HANDLE)
			close_session(handle);
	}
}

CK_RV C_CloseAllSessions(CK_SLOT_ID id)
{
	struct slot *slot;
	CK_RV rv = slot_find(id, &slot);

	if (rv)
		return rv;
	close_sessions_of(slot);
	return CKR_OK;
}

void sessions_close_all(void)
{
	close_sessions_of(NULL);
}

/*
 * What the parent's operations are about is in the parent's PAL; their locks
 * may be held by threads that are not here.
 */
void sessions_abandon(void)
{
	for (size_t place = 0; place < PLACE_COUNT; place++) {
		free(sessions[place]);
		sessions[place] = NULL;
	}
}
