/* SPDX-License-Identifier: BSD-2-Clause */
/* The vault is the notary. */
#include "vault.h"
#include <pal.h>
#include <pal_seal.h>
#include <string.h>
#include "cryptoki.h"
#include "pkcs11/key_protocol.h"

_Static_assert(VAULT_OVERHEAD >= PAL_SEAL_OVERHEAD, "there is room");

static const char purpose[] = "palisade token";

static uint32_t result_of(int status)
{
	switch (status) {
	case 0:
		return CKR_OK;
	case PAL_SEAL_EALTERED:
	case PAL_SEAL_EFORMAT:
	case PAL_SEAL_ESIZE:
		return KEY_R_ALTERED;
	case PAL_SEAL_EINVAL:
		return CKR_ARGUMENTS_BAD;
	case PAL_SEAL_EROOT:
		return KEY_R_OTHER_ROOT;
	case PAL_SEAL_EFOREIGN:
		return KEY_R_OTHER_PAL;
	case PAL_SEAL_EVERSION:
		return KEY_R_OLDER_PAL;
	case PAL_SEAL_EMOVED:
		return KEY_R_STALE;
	case PAL_SEAL_EFULL:
		return KEY_R_NO_REGISTER;
	case PAL_SEAL_EOLD:
		return KEY_R_ROLLED_BACK;
	case PAL_SEAL_EPROVE:
		return KEY_R_PROVE;
	case PAL_SEAL_EFALSE:
		return KEY_R_TPM_FALSE;
	default:
		return KEY_R_NO_NOTARY;
	}
}

uint32_t vault_seal(const void *secret, size_t size, void *blob,
		    size_t capacity, size_t *blob_size)
{
	int binding = pal_identity()->flags & PAL_IDENTITY_SIGNED ?
			      PAL_SEAL_TO_SIGNER :
			      PAL_SEAL_TO_MEASUREMENT;

	return result_of(pal_seal(binding, purpose, sizeof(purpose), secret,
				  size, blob, capacity, blob_size));
}

uint32_t vault_unseal(const void *blob, size_t size, void *secret,
		      size_t capacity, size_t *secret_size)
{
	int status = pal_unseal(purpose, sizeof(purpose), blob, size, secret,
				capacity, secret_size);

	return status == PAL_SEAL_EINVAL ? KEY_R_ALTERED : result_of(status);
}

uint32_t vault_read(const uint8_t id[16], struct vault_register *now)
{
	struct pal_counter counter;
	int status = pal_counter_read(id, &counter);

	if (status)
		return result_of(status);
	now->value = counter.value;
	memcpy(now->tag, counter.tag, sizeof(now->tag));
	now->strength = counter.strength;
	return CKR_OK;
}

uint32_t vault_advance(const uint8_t id[16], uint64_t from, uint64_t to,
		       const uint8_t tag[VAULT_TAG_SIZE])
{
	return result_of(pal_counter_advance(id, from, to, tag));
}

/* What is being proven. */
static struct pal_proof proof;

uint32_t vault_begin(struct pal_lasting *first)
{
	return result_of(pal_lasting_begin(&proof, PAL_COUNTER_TPM, first));
}

uint32_t vault_next(const struct pal_lasting *now,
		    const uint8_t tag[VAULT_TAG_SIZE], struct pal_lasting *next)
{
	return result_of(pal_lasting_next(now, tag, next));
}

uint32_t vault_settle(const struct pal_lasting *state,
		      const uint8_t tag[VAULT_TAG_SIZE])
{
	return result_of(pal_lasting_settle(&proof, state, tag, NULL));
}

size_t vault_carry(const void *response, size_t response_size, void *command,
		   size_t capacity)
{
	return pal_lasting_carry(&proof, response, response_size, command,
				 capacity);
}
