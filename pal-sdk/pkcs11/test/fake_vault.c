/* SPDX-License-Identifier: BSD-2-Clause */
/* Blobs are the secret with a sum behind it. */
#include "fake_vault.h"
#include <string.h>
#include "pkcs11/key/cryptoki.h"
#include "pkcs11/key/vault.h"
#include "pkcs11/key_protocol.h"

#define REGISTER_COUNT 64

struct fake_register {
	uint8_t id[16];
	struct vault_register now;
};

static struct fake_register registers[REGISTER_COUNT], marked[REGISTER_COUNT];

void fake_vault_reset(void)
{
	memset(registers, 0, sizeof(registers));
}

void fake_vault_mark(void)
{
	memcpy(marked, registers, sizeof(registers));
}

void fake_vault_back_to_mark(void)
{
	memcpy(registers, marked, sizeof(registers));
}

static uint64_t sum_of(const uint8_t *bytes, size_t size)
{
	uint64_t sum = 14695981039346656037u;

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ bytes[i]) * 1099511628211u;
	return sum;
}

uint32_t vault_seal(const void *secret, size_t size, void *blob,
		    size_t capacity, size_t *blob_size)
{
	uint64_t sum = sum_of(secret, size);

	if (capacity < size + sizeof(sum))
		return KEY_R_ALTERED;
	memcpy(blob, secret, size);
	memcpy((uint8_t *)blob + size, &sum, sizeof(sum));
	*blob_size = size + sizeof(sum);
	return CKR_OK;
}

uint32_t vault_unseal(const void *blob, size_t size, void *secret,
		      size_t capacity, size_t *secret_size)
{
	uint64_t sum;

	if (size < sizeof(sum) || size - sizeof(sum) > capacity)
		return KEY_R_ALTERED;
	*secret_size = size - sizeof(sum);
	memcpy(&sum, (const uint8_t *)blob + *secret_size, sizeof(sum));
	if (sum != sum_of(blob, *secret_size))
		return KEY_R_ALTERED;
	memcpy(secret, blob, *secret_size);
	return CKR_OK;
}

static struct fake_register *find(const uint8_t id[16])
{
	for (int i = 0; i < REGISTER_COUNT; i++)
		if (!registers[i].now.value ||
		    !memcmp(registers[i].id, id, 16))
			return &registers[i];
	return NULL;
}

uint32_t vault_read(const uint8_t id[16], struct vault_register *now)
{
	const struct fake_register *found = find(id);

	if (!found)
		return KEY_R_NO_REGISTER;
	*now = found->now;
	now->strength = KEY_STRENGTH_BOOT;
	return CKR_OK;
}

uint32_t vault_advance(const uint8_t id[16], uint64_t from, uint64_t to,
		       const uint8_t tag[VAULT_TAG_SIZE])
{
	struct fake_register *found = find(id);

	if (!found)
		return KEY_R_NO_REGISTER;
	if (to <= from)
		return CKR_ARGUMENTS_BAD;
	if (found->now.value != from)
		return KEY_R_STALE;
	memcpy(found->id, id, 16);
	found->now.value = to;
	memcpy(found->now.tag, tag, VAULT_TAG_SIZE);
	return CKR_OK;
}

/* It has no TPM. */
uint32_t vault_begin(struct pal_lasting *first)
{
	(void)first;
	return KEY_R_NO_NOTARY;
}

uint32_t vault_next(const struct pal_lasting *now,
		    const uint8_t tag[VAULT_TAG_SIZE], struct pal_lasting *next)
{
	(void)tag;
	*next = *now;
	return CKR_OK;
}

uint32_t vault_settle(const struct pal_lasting *state,
		      const uint8_t tag[VAULT_TAG_SIZE])
{
	struct vault_register now;
	uint32_t result = vault_read(state->id, &now);

	if (result)
		return result;
	if (now.value == state->value)
		return memcmp(now.tag, tag, sizeof(now.tag)) ?
			       KEY_R_ROLLED_BACK :
			       CKR_OK;
	if (now.value > state->value)
		return KEY_R_ROLLED_BACK;
	return vault_advance(state->id, now.value, state->value, tag);
}

size_t vault_carry(const void *response, size_t response_size, void *command,
		   size_t capacity)
{
	(void)response, (void)response_size, (void)command, (void)capacity;
	return 0;
}
