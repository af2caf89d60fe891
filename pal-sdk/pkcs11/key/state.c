/* SPDX-License-Identifier: BSD-2-Clause */
/* The form of a token's state, its registers' names, its objects' blobs. */
#include "state.h"
#include <psa/crypto.h>
#include <string.h>
#include "cryptoki.h"

#define NONCE_SIZE 12
#define TAG_SIZE   16

_Static_assert(NONCE_SIZE + TAG_SIZE == STATE_OBJECT_OVERHEAD, "of GCM");
_Static_assert(sizeof(struct state_attempts) == VAULT_TAG_SIZE, "fits");
_Static_assert(sizeof(struct state_limit) == VAULT_TAG_SIZE, "fits");

/* What a register's name is the hash of. */
PAL_STRUCT(register_name,
	   PAL_ARRAY(char, domain, 16)
	   PAL_ARRAY(uint8_t, serial, 16)
	   PAL_FIELD(uint64_t, which)
	   PAL_FIELD(uint64_t, number));

/* What an object's blob is bound to. */
PAL_STRUCT(object_binding,
	   PAL_ARRAY(char, domain, 16)
	   PAL_ARRAY(uint8_t, serial, 16)
	   PAL_NESTED(key_object_name, name));

uint32_t state_register_id(const struct state *state,
			   enum state_register which, uint64_t number,
			   uint8_t id[16])
{
	struct register_name name = {
		.domain = "palisade key reg",
		.which = which,
		.number = number,
	};
	uint8_t hash[32];
	size_t size;

	memcpy(name.serial, state->serial, sizeof(name.serial));
	if (psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)&name,
			     sizeof(name), hash, sizeof(hash), &size))
		return CKR_DEVICE_MEMORY;
	memcpy(id, hash, 16);
	return CKR_OK;
}

uint32_t state_lasting(const struct state *state, struct pal_lasting *lasting)
{
	*lasting = (struct pal_lasting){
		.value = state->version,
		.strength = state->tpm_index ? PAL_COUNTER_TPM :
					       PAL_COUNTER_BOOT,
		.index = (uint32_t)state->tpm_index,
	};
	memcpy(lasting->secret, state->tpm_secret, sizeof(lasting->secret));
	memcpy(lasting->before, state->tpm_before, sizeof(lasting->before));
	return state_register_id(state, REGISTER_VERSION, 0, lasting->id);
}

static size_t size_with(const struct state *state, size_t entry_size)
{
	return STATE_HEAD_SIZE + (size_t)state->count * entry_size;
}

/* As it was in format 2: each limited key had a register by its own id. */
PAL_STRUCT(entry_2,
	   PAL_FIELD(uint64_t, id)
	   PAL_FIELD(uint64_t, version)
	   PAL_FIELD(uint64_t, lease));

/* From the last one down, since they grow.  Which are limited is not known. */
static void take_format_2(struct state *state)
{
	struct entry_2 old;

	for (size_t i = (size_t)state->count; i--;) {
		memcpy(&old, (uint8_t *)state->entries + i * sizeof(old),
		       sizeof(old));
		state->entries[i] = (struct state_entry){
			.id = old.id,
			.version = old.version,
			.lease = old.lease,
			.counter = old.id,
			.base = 1,
		};
	}
	state->format = STATE_FORMAT;
}

uint32_t state_take(struct state *state, size_t size)
{
	if (size < STATE_HEAD_SIZE || state->magic != STATE_MAGIC ||
	    !state->version || state->count > KEY_OBJECT_COUNT)
		return KEY_R_ALTERED;
	if (state->format > STATE_FORMAT)
		return KEY_R_OLDER_PAL;
	if (state->format == 2 &&
	    size_with(state, sizeof(struct entry_2)) == size) {
		take_format_2(state);
		return CKR_OK;
	}
	return state->format == STATE_FORMAT && state_size(state) == size ?
		       CKR_OK :
		       KEY_R_ALTERED;
}

struct state_entry *state_find(struct state *state, uint64_t id)
{
	for (size_t i = 0; i < state->count; i++)
		if (state->entries[i].id == id)
			return &state->entries[i];
	return NULL;
}

struct state_entry *state_enter(struct state *state, uint64_t id)
{
	struct state_entry *entry = state_find(state, id);

	if (!entry && state->count < KEY_OBJECT_COUNT) {
		entry = &state->entries[state->count++];
		*entry = (struct state_entry){.id = id};
	}
	return entry;
}

static void bind(const struct state *state, const struct key_object_name *name,
		 struct object_binding *binding)
{
	*binding = (struct object_binding){
		.domain = "palisade key obj",
		.name = *name,
	};
	memcpy(binding->serial, state->serial, sizeof(binding->serial));
}

static psa_status_t import_key(const struct state *state, psa_key_id_t *key)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

	psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
	psa_set_key_algorithm(&attributes, PSA_ALG_GCM);
	psa_set_key_usage_flags(&attributes,
				PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT);
	return psa_import_key(&attributes, state->key, sizeof(state->key), key);
}

uint32_t state_encrypt(const struct state *state,
		       const struct key_object_name *name, const void *items,
		       size_t size, uint8_t *blob)
{
	struct object_binding binding;
	psa_key_id_t key;
	psa_status_t status;
	size_t written;

	bind(state, name, &binding);
	if (psa_generate_random(blob, NONCE_SIZE))
		return CKR_RANDOM_NO_RNG;
	if (import_key(state, &key))
		return CKR_DEVICE_MEMORY;
	status = psa_aead_encrypt(key, PSA_ALG_GCM, blob, NONCE_SIZE,
				  (const uint8_t *)&binding, sizeof(binding),
				  items, size, blob + NONCE_SIZE,
				  size + TAG_SIZE, &written);
	psa_destroy_key(key);
	return status ? CKR_DEVICE_MEMORY : CKR_OK;
}

uint32_t state_decrypt(const struct state *state,
		       const struct key_object_name *name, const uint8_t *blob,
		       size_t size, void *items)
{
	struct object_binding binding;
	psa_key_id_t key;
	psa_status_t status;
	size_t written;

	if (size < STATE_OBJECT_OVERHEAD)
		return KEY_R_ALTERED;
	bind(state, name, &binding);
	if (import_key(state, &key))
		return CKR_DEVICE_MEMORY;
	status = psa_aead_decrypt(key, PSA_ALG_GCM, blob, NONCE_SIZE,
				  (const uint8_t *)&binding, sizeof(binding),
				  blob + NONCE_SIZE, size - NONCE_SIZE, items,
				  size - STATE_OBJECT_OVERHEAD, &written);
	psa_destroy_key(key);
	if (status == PSA_ERROR_INSUFFICIENT_MEMORY)
		return CKR_DEVICE_MEMORY;
	return status ? KEY_R_ALTERED : CKR_OK;
}
