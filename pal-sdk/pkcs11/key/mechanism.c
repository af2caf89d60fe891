/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of key_mechanisms.h as a table, and the parameters' rules. */
#include "mechanism.h"
#include <string.h>
#include "cryptoki.h"

#define ROW(number, name, family, hash, purposes)                              \
	{number, KEY_##family, KEY_##hash, purposes},

static const struct mechanism mechanisms[] = {KEY_MECHANISMS(ROW)};

/* Indexed by enum key_hash; `mgf` is the CKG_MGF1_* that goes with it. */
static const struct {
	uint32_t mechanism, mgf;
	psa_algorithm_t psa;
	mbedtls_md_type_t md;
} hashes[] = {
	[KEY_HASH_NONE] = {UINT32_MAX, 0, PSA_ALG_NONE, MBEDTLS_MD_NONE},
	[KEY_SHA_1] = {0x220, 1, PSA_ALG_SHA_1, MBEDTLS_MD_SHA1},
	[KEY_SHA_224] = {0x255, 5, PSA_ALG_SHA_224, MBEDTLS_MD_SHA224},
	[KEY_SHA_256] = {0x250, 2, PSA_ALG_SHA_256, MBEDTLS_MD_SHA256},
	[KEY_SHA_384] = {0x260, 3, PSA_ALG_SHA_384, MBEDTLS_MD_SHA384},
	[KEY_SHA_512] = {0x270, 4, PSA_ALG_SHA_512, MBEDTLS_MD_SHA512},
	[KEY_SHA3_224] = {0x2b5, 6, PSA_ALG_SHA3_224, MBEDTLS_MD_SHA3_224},
	[KEY_SHA3_256] = {0x2b0, 7, PSA_ALG_SHA3_256, MBEDTLS_MD_SHA3_256},
	[KEY_SHA3_384] = {0x2c0, 8, PSA_ALG_SHA3_384, MBEDTLS_MD_SHA3_384},
	[KEY_SHA3_512] = {0x2d0, 9, PSA_ALG_SHA3_512, MBEDTLS_MD_SHA3_512},
};

#define HASH_COUNT (sizeof(hashes) / sizeof(hashes[0]))

psa_algorithm_t mechanism_psa_hash(enum key_hash hash)
{
	return hashes[hash].psa;
}

mbedtls_md_type_t mechanism_md(enum key_hash hash)
{
	return hashes[hash].md;
}

static const struct mechanism *find(uint64_t type)
{
	for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++)
		if (mechanisms[i].type == type)
			return &mechanisms[i];
	return NULL;
}

/* PSS and OAEP name a hash, and MGF1 must use the same: Mbed TLS has no other. */
static bool read_hash(const struct key_mechanism *numbers,
		      struct recipe *recipe)
{
	for (uint32_t i = KEY_SHA_1; i < HASH_COUNT; i++) {
		if (hashes[i].mechanism != numbers->hash)
			continue;
		if (hashes[i].mgf != numbers->mgf ||
		    (recipe->hash != KEY_HASH_NONE && recipe->hash != i))
			return false;
		recipe->hash = (enum key_hash)i;
		return true;
	}
	return false;
}

static bool has_no_parameter(const struct recipe *recipe)
{
	return !recipe->iv.bytes && !recipe->extra.bytes && !recipe->peer.bytes;
}

#define TAG_LENGTH_MAX 16

static bool is_tag_length(size_t length)
{
	return length == 4 || length == 8 ||
	       (length >= 12 && length <= TAG_LENGTH_MAX);
}

static bool read_parameters(const struct key_mechanism *numbers,
			    struct recipe *recipe)
{
	switch (recipe->mechanism->family) {
	case KEY_RSA_PSS:
		return read_hash(numbers, recipe) && numbers->length <= 512;
	case KEY_RSA_OAEP:
		return read_hash(numbers, recipe);
	case KEY_AES_CBC:
	case KEY_AES_CBC_PAD:
		return recipe->iv.size == 16;
	case KEY_AES_CTR:
		return recipe->iv.size == 16 && numbers->length == 128;
	case KEY_AES_GCM:
		return recipe->iv.size && is_tag_length(recipe->length);
	case KEY_AES_KW:
		return !recipe->iv.size || (recipe->iv.size == 8 &&
					    !memcmp(recipe->iv.bytes,
						    "\xa6\xa6\xa6\xa6"
						    "\xa6\xa6\xa6\xa6",
						    8));
	case KEY_AES_KWP:
		return !recipe->iv.size ||
		       (recipe->iv.size == 4 &&
			!memcmp(recipe->iv.bytes, "\xa6\x59\x59\xa6", 4));
	case KEY_ECDH:
		return recipe->peer.size;
	case KEY_RSA_GENERATE:
	case KEY_RSA_PKCS:
	case KEY_RSA_RAW:
	case KEY_EC_GENERATE:
	case KEY_ECDSA:
	case KEY_AES_GENERATE:
	case KEY_AES_ECB:
	case KEY_AES_CMAC:
	case KEY_SECRET_GENERATE:
	case KEY_HMAC:
	case KEY_DIGEST:
		return has_no_parameter(recipe);
	}
	return false;
}

uint32_t mechanism_read(struct items request, uint32_t purpose,
			struct recipe *recipe)
{
	struct key_mechanism numbers;

	*recipe = (struct recipe){0};
	if (!items_copy(request, KEY_ITEM_MECHANISM, &numbers, sizeof(numbers)))
		return CKR_MECHANISM_INVALID;
	recipe->mechanism = find(numbers.type);
	if (!recipe->mechanism || !(recipe->mechanism->purposes & purpose))
		return CKR_MECHANISM_INVALID;
	recipe->hash = recipe->mechanism->hash;
	recipe->length = (size_t)numbers.length;
	recipe->kdf = numbers.kdf;
	items_find(request, KEY_ITEM_IV, &recipe->iv);
	items_find(request, KEY_ITEM_EXTRA, &recipe->extra);
	items_find(request, KEY_ITEM_PEER, &recipe->peer);
	if (purpose == KEY_USE_UNWRAP &&
	    recipe->mechanism->family == KEY_AES_GCM &&
	    recipe->length != TAG_LENGTH_MAX)
		return CKR_MECHANISM_PARAM_INVALID; /* short ones can be hit */
	return read_parameters(&numbers, recipe) ? CKR_OK :
						   CKR_MECHANISM_PARAM_INVALID;
}

static uint64_t key_type_of(enum key_family family)
{
	switch (family) {
	case KEY_RSA_GENERATE:
	case KEY_RSA_PKCS:
	case KEY_RSA_RAW:
	case KEY_RSA_PSS:
	case KEY_RSA_OAEP:
		return CKK_RSA;
	case KEY_EC_GENERATE:
	case KEY_ECDSA:
	case KEY_ECDH:
		return CKK_EC;
	case KEY_AES_GENERATE:
	case KEY_AES_ECB:
	case KEY_AES_CBC:
	case KEY_AES_CBC_PAD:
	case KEY_AES_CTR:
	case KEY_AES_GCM:
	case KEY_AES_CMAC:
	case KEY_AES_KW:
	case KEY_AES_KWP:
		return CKK_AES;
	case KEY_SECRET_GENERATE:
	case KEY_HMAC:
		return CKK_GENERIC_SECRET;
	case KEY_DIGEST:
		break;
	}
	return CK_UNAVAILABLE_INFORMATION;
}

bool mechanism_fits(const struct mechanism *mechanism, uint32_t purpose,
		    uint64_t class, uint64_t key_type)
{
	uint64_t type = key_type_of(mechanism->family);
	bool is_pair = type == CKK_RSA || type == CKK_EC;
	uint32_t by_private = KEY_USE_SIGN | KEY_USE_DECRYPT | KEY_USE_UNWRAP |
			      KEY_USE_DERIVE;

	if (key_type != type)
		return false;
	if (!is_pair)
		return class == CKO_SECRET_KEY;
	return class ==
	       (purpose & by_private ? CKO_PRIVATE_KEY : CKO_PUBLIC_KEY);
}
