/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is logged in, and what that means for sessions: C_Login, C_Logout,
 * C_GetSessionInfo.  All sessions of a slot have the same login.
 */
#include <string.h>
#include "library.h"
#include "session.h"

static CK_STATE state_of(const struct session *session, CK_USER_TYPE login)
{
	if (login == CKU_SO)
		return CKS_RW_SO_FUNCTIONS;
	if (login == CKU_USER)
		return session->is_read_write ? CKS_RW_USER_FUNCTIONS
					      : CKS_RO_USER_FUNCTIONS;
	return session->is_read_write ? CKS_RW_PUBLIC_SESSION
				      : CKS_RO_PUBLIC_SESSION;
}

CK_RV C_GetSessionInfo(CK_SESSION_HANDLE handle, CK_SESSION_INFO *info)
{
	struct session *session;
	CK_RV rv = session_take(handle, &session);

	if (rv)
		return rv;
	if (info) {
		memset(info, 0, sizeof(*info));
		library_lock();
		info->state = state_of(session, session->slot->login);
		library_unlock();
		info->slotID = session->slot->id;
		info->flags = CKF_SERIAL_SESSION;
		if (session->is_read_write)
			info->flags |= CKF_RW_SESSION;
	}
	session_release(session);
	return info ? CKR_OK : CKR_ARGUMENTS_BAD;
}

/* Before the PIN is looked at, which costs an attempt. */
static CK_RV may_log_in(const struct slot *slot, CK_USER_TYPE user)
{
	if (slot->login == user)
		return CKR_USER_ALREADY_LOGGED_IN;
	if (slot->login != SLOT_NOBODY)
		return CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
	if (user == CKU_SO && slot->read_write_count != slot->session_count)
		return CKR_SESSION_READ_ONLY_EXISTS;
	return CKR_OK;
}

/* With the slot's lock of logins; the session may have been closed by then. */
static CK_RV log_in_now(const struct session *session, CK_USER_TYPE user,
			const CK_BYTE *pin, CK_ULONG pin_size)
{
	struct slot *slot = session->slot;
	CK_RV rv;

	library_lock();
	rv = session->is_closed ? CKR_SESSION_HANDLE_INVALID :
				  may_log_in(slot, user);
	library_unlock();
	if (!rv)
		rv = token_login(session->token, user, pin, pin_size);
	if (rv)
		return rv;
	library_lock();
	slot->login = user;
	library_unlock();
	return CKR_OK;
}

static CK_RV log_in(const struct session *session, CK_USER_TYPE user,
		    const CK_BYTE *pin, CK_ULONG pin_size)
{
	CK_RV rv;

	if (!pin)
		return CKR_ARGUMENTS_BAD;
	/* No operation of ours asks for a PIN of its own. */
	if (user == CKU_CONTEXT_SPECIFIC)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (user != CKU_USER && user != CKU_SO)
		return CKR_USER_TYPE_INVALID;
	lock_take(&session->slot->logging);
	rv = log_in_now(session, user, pin, pin_size);
	lock_release(&session->slot->logging);
	return rv;
}

CK_RV C_Login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_BYTE *pin,
	      CK_ULONG pin_size)
{
	return WITH_SESSION(session, handle,
			    log_in(session, user, pin, pin_size));
}

/* There is one user of each type, and he has no name. */
CK_RV C_LoginUser(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_BYTE *pin,
		  CK_ULONG pin_size, CK_BYTE *name, CK_ULONG name_size)
{
	CK_RV rv = library_enter();

	(void)name;
	if (rv)
		return rv;
	return name_size ? CKR_ARGUMENTS_BAD
			 : C_Login(handle, user, pin, pin_size);
}

/* The token logs out by itself when another process begins it anew. */
static CK_RV log_out(const struct session *session)
{
	CK_RV rv;

	lock_take(&session->slot->logging);
	rv = token_logout(session->token);
	if (!rv || rv == CKR_USER_NOT_LOGGED_IN) {
		library_lock();
		session->slot->login = SLOT_NOBODY;
		library_unlock();
	}
	lock_release(&session->slot->logging);
	return rv;
}

CK_RV C_Logout(CK_SESSION_HANDLE handle)
{
	return WITH_SESSION(session, handle, log_out(session));
}

/* Each flag of the operations that it names, as of CK_MECHANISM_INFO. */
CK_RV C_SessionCancel(CK_SESSION_HANDLE handle, CK_FLAGS flags)
{
	static const CK_FLAGS flag_of[OPERATION_KINDS] = {
		[OPERATION_ENCRYPT] = CKF_ENCRYPT,
		[OPERATION_DECRYPT] = CKF_DECRYPT,
		[OPERATION_DIGEST] = CKF_DIGEST,
		[OPERATION_SIGN] = CKF_SIGN,
		[OPERATION_VERIFY] = CKF_VERIFY,
	};
	struct session *session;
	CK_RV rv = session_take(handle, &session);

	if (rv)
		return rv;
	if (flags & CKF_FIND_OBJECTS)
		session_end_search(session);
	for (enum operation_kind kind = 0; kind < OPERATION_KINDS; kind++)
		if (flags & flag_of[kind])
			operation_end(session, kind);
	session_release(session);
	return CKR_OK;
}
