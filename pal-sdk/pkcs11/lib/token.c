/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a slot's token is and can, and how it begins: C_GetTokenInfo,
 * C_GetMechanismList, C_InitToken, the PINs.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "library.h"
#include "session.h"

#define LABEL_SIZE 32

static void fill_counts(const struct slot *slot, CK_TOKEN_INFO *info)
{
	library_lock();
	info->ulSessionCount = slot->session_count;
	info->ulRwSessionCount = slot->read_write_count;
	library_unlock();
	info->ulMaxSessionCount = CK_EFFECTIVELY_INFINITE;
	info->ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE;
	info->ulMaxPinLen = KEY_PIN_MAX;
	info->ulMinPinLen = KEY_PIN_MIN;
	info->ulTotalPublicMemory = CK_UNAVAILABLE_INFORMATION;
	info->ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
	info->ulTotalPrivateMemory = CK_UNAVAILABLE_INFORMATION;
	info->ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
}

/* All that does not depend on the token; so the free slot's. */
static void fill_blank(CK_TOKEN_INFO *info)
{
	memset(info, 0, sizeof(*info));
	memset(info->label, ' ', sizeof(info->label));
	memset(info->serialNumber, ' ', sizeof(info->serialNumber));
	memset(info->utcTime, ' ', sizeof(info->utcTime));
	library_fill(info->manufacturerID, sizeof(info->manufacturerID),
		     LIBRARY_MANUFACTURER);
	library_fill(info->model, sizeof(info->model), "key PAL");
	info->firmwareVersion = library_version;
	info->flags = CKF_RNG | CKF_LOGIN_REQUIRED;
}

CK_RV C_GetTokenInfo(CK_SLOT_ID id, CK_TOKEN_INFO *info)
{
	struct key_token_info state;
	struct token *token;
	struct slot *slot;
	CK_RV rv = slot_find(id, &slot);

	if (rv)
		return rv;
	if (!info)
		return CKR_ARGUMENTS_BAD;
	rv = slot_open(slot, &token);
	if (rv && *slot->name)
		return rv;
	if (!rv)
		rv = token_info(token, &state);
	fill_blank(info);
	fill_counts(slot, info);
	if (rv)
		return *slot->name ? rv : CKR_OK;
	if (token_is_simulated(token))
		library_fill(info->model, sizeof(info->model), "simulated PAL");
	memcpy(info->label, state.label, sizeof(info->label));
	memcpy(info->serialNumber, state.serial, sizeof(info->serialNumber));
	info->flags = state.flags;
	return CKR_OK;
}

/* ---- Mechanisms ---------------------------------------------------------- */

CK_RV C_GetMechanismList(CK_SLOT_ID id, CK_MECHANISM_TYPE *list,
			 CK_ULONG *count)
{
	const struct token_mechanism *mechanisms;
	struct slot *slot;
	size_t own_count, room;
	CK_RV rv = slot_find(id, &slot);

	if (rv)
		return rv;
	if (!count)
		return CKR_ARGUMENTS_BAD;
	mechanisms = token_mechanisms(&own_count);
	room = *count;
	*count = own_count;
	if (!list)
		return CKR_OK;
	if (room < own_count)
		return CKR_BUFFER_TOO_SMALL;
	for (size_t i = 0; i < own_count; i++)
		list[i] = mechanisms[i].type;
	return CKR_OK;
}

CK_RV C_GetMechanismInfo(CK_SLOT_ID id, CK_MECHANISM_TYPE type,
			 CK_MECHANISM_INFO *info)
{
	const struct token_mechanism *mechanisms;
	struct slot *slot;
	size_t count;
	CK_RV rv = slot_find(id, &slot);

	if (rv)
		return rv;
	if (!info)
		return CKR_ARGUMENTS_BAD;
	mechanisms = token_mechanisms(&count);
	for (size_t i = 0; i < count; i++) {
		if (mechanisms[i].type != type)
			continue;
		*info = mechanisms[i].info;
		return CKR_OK;
	}
	return CKR_MECHANISM_INVALID;
}

/* ---- Beginning a token --------------------------------------------------- */

/* A folder's name made of the label: what may not be in one becomes '-'. */
static void make_name(const CK_UTF8CHAR *label, int attempt,
		      char name[TOKEN_NAME_SIZE])
{
	size_t size = LABEL_SIZE;

	while (size && label[size - 1] == ' ')
		size--;
	for (size_t i = 0; i < size; i++)
		name[i] = isascii(label[i]) && isalnum(label[i])
				  ? (char)label[i]
				  : '-';
	if (!size)
		name[size++] = 'x';
	name[size] = '\0';
	if (attempt > 1)
		snprintf(name + size, TOKEN_NAME_SIZE - size, "-%d", attempt);
}

static CK_RV begin_in(const char *name, const CK_BYTE *pin, CK_ULONG pin_size,
		      const CK_UTF8CHAR *label, struct token **out)
{
	struct token *token = NULL;
	CK_RV rv = token_create(name);

	if (rv)
		return rv;
	rv = token_open(name, &token);
	if (!rv)
		rv = token_init(token, pin, pin_size, label, 0, 0);
	if (rv) {
		token_close(token);
		token_remove(name);
		return rv;
	}
	*out = token;
	return CKR_OK;
}

/* The free slot's token; the slot is not free any more. */
static CK_RV make_token(struct slot *slot, const CK_BYTE *pin,
			CK_ULONG pin_size, const CK_UTF8CHAR *label)
{
	char name[TOKEN_NAME_SIZE];
	int attempt = 1;
	CK_RV rv;

	do
		make_name(label, attempt++, name);
	while (slot_name_is_taken(name));
	rv = begin_in(name, pin, pin_size, label, &slot->token);
	if (rv)
		return rv;
	library_lock();
	memcpy(slot->name, name, sizeof(slot->name));
	library_unlock();
	return CKR_OK;
}

static CK_RV init_token(struct slot *slot, const CK_BYTE *pin,
			CK_ULONG pin_size, const CK_UTF8CHAR *label)
{
	struct token *token;
	bool is_free, is_in_use;
	CK_RV rv = CKR_OK;

	library_lock();
	is_in_use = slot->session_count;
	library_unlock();
	if (is_in_use)
		return CKR_SESSION_EXISTS;
	lock_take(&slot->opening);
	is_free = !*slot->name;
	if (is_free)
		rv = make_token(slot, pin, pin_size, label);
	lock_release(&slot->opening);
	if (is_free)
		return rv;
	rv = slot_open(slot, &token);
	return rv ? rv : token_init(token, pin, pin_size, label, 0, 0);
}

CK_RV C_InitToken(CK_SLOT_ID id, CK_UTF8CHAR *pin, CK_ULONG pin_size,
		  CK_UTF8CHAR *label)
{
	struct slot *slot;
	CK_RV rv = slot_find(id, &slot);

	if (rv)
		return rv;
	if (!pin || !label)
		return CKR_ARGUMENTS_BAD;
	return init_token(slot, pin, pin_size, label);
}

/* ---- PINs ---------------------------------------------------------------- */

/* By the SO, who has only sessions that may write. */
CK_RV C_InitPIN(CK_SESSION_HANDLE handle, CK_UTF8CHAR *pin, CK_ULONG pin_size)
{
	struct session *session;
	CK_RV rv = session_take(handle, &session);

	if (rv)
		return rv;
	rv = pin ? token_init_pin(session->token, pin, pin_size)
		 : CKR_ARGUMENTS_BAD;
	session_release(session);
	return rv;
}

static CK_RV set_pin(const struct session *session, const CK_BYTE *old_pin,
		     CK_ULONG old_size, const CK_BYTE *new_pin,
		     CK_ULONG new_size)
{
	if (!old_pin || !new_pin)
		return CKR_ARGUMENTS_BAD;
	if (!session->is_read_write)
		return CKR_SESSION_READ_ONLY;
	return token_set_pin(session->token, old_pin, old_size, new_pin,
			     new_size);
}

CK_RV C_SetPIN(CK_SESSION_HANDLE handle, CK_UTF8CHAR *old_pin,
	       CK_ULONG old_size, CK_UTF8CHAR *new_pin, CK_ULONG new_size)
{
	return WITH_SESSION(
		session, handle,
		set_pin(session, old_pin, old_size, new_pin, new_size));
}
