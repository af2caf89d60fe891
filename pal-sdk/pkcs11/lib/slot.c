/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of slots; C_GetSlotList, C_GetSlotInfo. */
#include "slot.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "backend.h"
#include "library.h"

/* What is beyond is not shown. */
#define SLOT_MAX 256

/* A slot's number is its place. */
static struct slot *slots[SLOT_MAX];
static size_t slot_count;

static CK_RV add(const char *name)
{
	struct slot *slot;
	CK_RV rv;

	if (slot_count == SLOT_MAX)
		return CKR_OK;
	slot = calloc(1, sizeof(*slot));
	if (!slot)
		return CKR_HOST_MEMORY;
	rv = lock_make(&slot->opening);
	if (rv) {
		free(slot);
		return rv;
	}
	rv = lock_make(&slot->logging);
	if (rv) {
		lock_destroy(&slot->opening);
		free(slot);
		return rv;
	}
	slot->id = slot_count;
	slot->login = SLOT_NOBODY;
	snprintf(slot->name, sizeof(slot->name), "%s", name);
	slots[slot_count++] = slot;
	return CKR_OK;
}

/* An empty name is the free slot's. */
static bool is_known(const char *name)
{
	for (size_t i = 0; i < slot_count; i++)
		if (!strcmp(slots[i]->name, name))
			return true;
	return false;
}

static CK_RV add_new(char (*names)[TOKEN_NAME_SIZE], size_t count)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < count && !rv; i++)
		if (!is_known(names[i]))
			rv = add(names[i]);
	if (!rv && !is_known("") && backend_may_make_tokens())
		rv = add("");
	return rv;
}

/* A token that is made between the two questions waits for the next list. */
static CK_RV look_for_tokens(void)
{
	char(*names)[TOKEN_NAME_SIZE];
	size_t room, count;
	CK_RV rv;

	if (!backend_is_there())
		return CKR_OK;
	rv = token_list(NULL, 0, &room);
	if (rv)
		return rv;
	names = calloc(room + 1, sizeof(*names));
	if (!names)
		return CKR_HOST_MEMORY;
	rv = token_list(names, room, &count);
	if (!rv)
		rv = add_new(names, count < room ? count : room);
	free(names);
	return rv;
}

bool slot_name_is_taken(const char *name)
{
	bool is_taken;

	library_lock();
	is_taken = !look_for_tokens() && is_known(name);
	library_unlock();
	return is_taken;
}

CK_RV slot_find(CK_SLOT_ID id, struct slot **out)
{
	CK_RV rv = library_enter();

	if (rv)
		return rv;
	library_lock();
	/* An application may remember the numbers of an earlier run. */
	if (!slot_count)
		look_for_tokens();
	if (id < slot_count)
		*out = slots[id];
	else
		rv = CKR_SLOT_ID_INVALID;
	library_unlock();
	return rv;
}

CK_RV slot_open(struct slot *slot, struct token **out)
{
	CK_RV rv = CKR_OK;

	lock_take(&slot->opening);
	if (!slot->token && !*slot->name)
		rv = CKR_TOKEN_NOT_RECOGNIZED;
	else if (!slot->token)
		rv = token_open(slot->name, &slot->token);
	if (!rv)
		*out = slot->token;
	lock_release(&slot->opening);
	return rv;
}

/* A number that other slots have is never given to another token. */
static CK_RV give_list(CK_SLOT_ID *list, CK_ULONG *count)
{
	CK_ULONG room = *count;

	*count = slot_count;
	if (!list)
		return CKR_OK;
	if (room < slot_count)
		return CKR_BUFFER_TOO_SMALL;
	for (size_t i = 0; i < slot_count; i++)
		list[i] = slots[i]->id;
	return CKR_OK;
}

/* Every slot has a token, if only one that is not initialized yet. */
CK_RV C_GetSlotList(CK_BBOOL token_present, CK_SLOT_ID *list, CK_ULONG *count)
{
	CK_RV rv = library_enter();

	(void)token_present;
	if (rv)
		return rv;
	if (!count)
		return CKR_ARGUMENTS_BAD;
	library_lock();
	/* As the standard says: what the size was asked for is what is given */
	if (!list || !slot_count)
		rv = look_for_tokens();
	if (!rv)
		rv = give_list(list, count);
	library_unlock();
	return rv;
}

CK_RV C_GetSlotInfo(CK_SLOT_ID id, CK_SLOT_INFO *info)
{
	struct slot *slot;
	CK_RV rv = slot_find(id, &slot);
	char text[sizeof(info->slotDescription) + 1] = "Palisade: free slot";

	if (rv)
		return rv;
	if (!info)
		return CKR_ARGUMENTS_BAD;
	memset(info, 0, sizeof(*info));
	library_lock();
	if (*slot->name)
		snprintf(text, sizeof(text), "Palisade: %.50s", slot->name);
	library_unlock();
	library_fill(info->slotDescription, sizeof(info->slotDescription),
		     text);
	library_fill(info->manufacturerID, sizeof(info->manufacturerID),
		     LIBRARY_MANUFACTURER);
	info->flags = CKF_TOKEN_PRESENT;
	info->firmwareVersion = library_version;
	return CKR_OK;
}

void slots_close_all(void)
{
	for (size_t i = 0; i < slot_count; i++) {
		token_close(slots[i]->token);
		lock_destroy(&slots[i]->opening);
		lock_destroy(&slots[i]->logging);
		free(slots[i]);
	}
	slot_count = 0;
}
