/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mechanisms: parameters with pointers made into items without, and the list
 * that applications ask for.
 */
#include <string.h>
#include "cryptoki3.h"
#include "exchange.h"
#include "failure.h"
#include "pkcs11/key/mechanism.h"

/* Where a parameter's parts go: the request. */
struct parts {
	struct key_mechanism numbers;
	const void *iv, *extra, *peer;
	size_t iv_size, extra_size, peer_size;
};

static bool read_gcm(const CK_MECHANISM *mechanism, struct parts *parts)
{
	CK_GCM_PARAMS gcm;

	if (mechanism->ulParameterLen != sizeof(gcm))
		return false;
	memcpy(&gcm, mechanism->pParameter, sizeof(gcm));
	if (gcm.ulTagBits % 8 || gcm.ulTagBits > 128 ||
	    (gcm.ulIvLen && !gcm.pIv) || (gcm.ulAADLen && !gcm.pAAD))
		return false;
	parts->iv = gcm.pIv;
	parts->iv_size = gcm.ulIvLen;
	parts->extra = gcm.pAAD;
	parts->extra_size = gcm.ulAADLen;
	parts->numbers.length = gcm.ulTagBits / 8;
	return true;
}

static bool read_ctr(const CK_MECHANISM *mechanism, struct parts *parts)
{
	struct cryptoki_ctr ctr;

	if (mechanism->ulParameterLen != sizeof(ctr))
		return false;
	memcpy(&ctr, mechanism->pParameter, sizeof(ctr));
	parts->numbers.length = ctr.bits;
	parts->iv = (const uint8_t *)mechanism->pParameter +
		    offsetof(struct cryptoki_ctr, block);
	parts->iv_size = sizeof(ctr.block);
	return true;
}

static bool read_pss(const CK_MECHANISM *mechanism, struct parts *parts)
{
	CK_RSA_PKCS_PSS_PARAMS pss;

	if (mechanism->ulParameterLen != sizeof(pss))
		return false;
	memcpy(&pss, mechanism->pParameter, sizeof(pss));
	parts->numbers.hash = pss.hashAlg;
	parts->numbers.mgf = pss.mgf;
	parts->numbers.length = pss.sLen;
	return true;
}

static bool read_oaep(const CK_MECHANISM *mechanism, struct parts *parts)
{
	CK_RSA_PKCS_OAEP_PARAMS oaep;

	if (mechanism->ulParameterLen != sizeof(oaep))
		return false;
	memcpy(&oaep, mechanism->pParameter, sizeof(oaep));
	if (oaep.ulSourceDataLen && !oaep.pSourceData)
		return false;
	parts->numbers.hash = oaep.hashAlg;
	parts->numbers.mgf = oaep.mgf;
	parts->extra = oaep.pSourceData;
	parts->extra_size = oaep.ulSourceDataLen;
	return true;
}

static bool read_ecdh(const CK_MECHANISM *mechanism, struct parts *parts)
{
	CK_ECDH1_DERIVE_PARAMS ecdh;

	if (mechanism->ulParameterLen != sizeof(ecdh))
		return false;
	memcpy(&ecdh, mechanism->pParameter, sizeof(ecdh));
	if ((ecdh.ulPublicDataLen && !ecdh.pPublicData) ||
	    (ecdh.ulSharedDataLen && !ecdh.pSharedData))
		return false;
	parts->numbers.kdf = ecdh.kdf;
	parts->peer = ecdh.pPublicData;
	parts->peer_size = ecdh.ulPublicDataLen;
	parts->extra = ecdh.pSharedData;
	parts->extra_size = ecdh.ulSharedDataLen;
	return true;
}

/* Everything else has an IV, or nothing at all. */
static bool read_iv(const CK_MECHANISM *mechanism, struct parts *parts)
{
	parts->iv = mechanism->pParameter;
	parts->iv_size = mechanism->ulParameterLen;
	return mechanism->ulParameterLen <= 16;
}

static bool read_parameter(const CK_MECHANISM *mechanism, struct parts *parts)
{
	if (mechanism->ulParameterLen && !mechanism->pParameter)
		return false;
	switch (mechanism->mechanism) {
	case CKM_AES_GCM:
		return read_gcm(mechanism, parts);
	case CKM_AES_CTR:
		return read_ctr(mechanism, parts);
	case CKM_RSA_PKCS_OAEP:
		return read_oaep(mechanism, parts);
	case CKM_ECDH1_DERIVE:
	case CKM_ECDH1_COFACTOR_DERIVE:
		return read_ecdh(mechanism, parts);
	default:
		return cryptoki_is_pss(mechanism->mechanism) ?
			       read_pss(mechanism, parts) :
			       read_iv(mechanism, parts);
	}
}

CK_RV exchange_mechanism(struct exchange *exchange,
			 const CK_MECHANISM *mechanism)
{
	struct parts parts = {.numbers.type = mechanism->mechanism};

	if (!read_parameter(mechanism, &parts))
		return failure(CKR_MECHANISM_PARAM_INVALID,
			       "mechanism 0x%lx has another parameter",
			       mechanism->mechanism);
	exchange_item(exchange, KEY_ITEM_MECHANISM, &parts.numbers,
		      sizeof(parts.numbers));
	if (parts.iv_size)
		exchange_item(exchange, KEY_ITEM_IV, parts.iv, parts.iv_size);
	if (parts.extra_size)
		exchange_item(exchange, KEY_ITEM_EXTRA, parts.extra,
			      parts.extra_size);
	if (parts.peer_size)
		exchange_item(exchange, KEY_ITEM_PEER, parts.peer,
			      parts.peer_size);
	return CKR_OK;
}

/* ---- The list ------------------------------------------------------------ */

/* Key sizes as the standard counts them: bits of RSA and EC, else bytes. */
static const struct {
	CK_ULONG least, most;
	CK_FLAGS flags;
} families[] = {
	[KEY_RSA_GENERATE] = {2048, 4096, 0},
	[KEY_RSA_PKCS] = {2048, 4096, 0},
	[KEY_RSA_RAW] = {2048, 4096, 0},
	[KEY_RSA_PSS] = {2048, 4096, 0},
	[KEY_RSA_OAEP] = {2048, 4096, 0},
#define CURVES (CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS)
	[KEY_EC_GENERATE] = {256, 521, CURVES},
	[KEY_ECDSA] = {256, 521, CURVES},
	[KEY_ECDH] = {256, 521, CURVES},
	[KEY_AES_GENERATE] = {16, 32, 0},
	[KEY_AES_ECB] = {16, 32, 0},
	[KEY_AES_CBC] = {16, 32, 0},
	[KEY_AES_CBC_PAD] = {16, 32, 0},
	[KEY_AES_CTR] = {16, 32, 0},
	[KEY_AES_GCM] = {16, 32, 0},
	[KEY_AES_CMAC] = {16, 32, 0},
	[KEY_AES_KW] = {16, 32, 0},
	[KEY_AES_KWP] = {16, 32, 0},
	[KEY_SECRET_GENERATE] = {1, 512, 0},
	[KEY_HMAC] = {1, 512, 0},
	[KEY_DIGEST] = {0, 0, 0},
};

static const struct {
	uint32_t purpose;
	CK_FLAGS flag;
} purposes[] = {
	{KEY_USE_SIGN, CKF_SIGN},
	{KEY_USE_VERIFY, CKF_VERIFY},
	{KEY_USE_ENCRYPT, CKF_ENCRYPT},
	{KEY_USE_DECRYPT, CKF_DECRYPT},
	{KEY_USE_DIGEST, CKF_DIGEST},
	{KEY_USE_WRAP, CKF_WRAP},
	{KEY_USE_UNWRAP, CKF_UNWRAP},
	{KEY_USE_DERIVE, CKF_DERIVE},
	{KEY_MAKES_KEY, CKF_GENERATE},
	{KEY_MAKES_PAIR, CKF_GENERATE_KEY_PAIR},
};

#define ONE_OF(number, name, family, hash, purposes) +1
#define MECHANISM_COUNT (0 KEY_MECHANISMS(ONE_OF))
#define ROW(number, name, family, hash, purposes)                              \
	{number, KEY_##family, KEY_##hash, purposes},

static const struct mechanism rows[] = {KEY_MECHANISMS(ROW)};
static struct token_mechanism list[MECHANISM_COUNT];
static pthread_once_t list_once = PTHREAD_ONCE_INIT;

static void make_list(void)
{
	for (size_t i = 0; i < MECHANISM_COUNT; i++) {
		CK_MECHANISM_INFO *info = &list[i].info;

		list[i].type = rows[i].type;
		info->ulMinKeySize = families[rows[i].family].least;
		info->ulMaxKeySize = families[rows[i].family].most;
		info->flags = families[rows[i].family].flags;
		for (size_t j = 0; j < sizeof(purposes) / sizeof(purposes[0]);
		     j++)
			if (rows[i].purposes & purposes[j].purpose)
				info->flags |= purposes[j].flag;
	}
}

const struct token_mechanism *token_mechanisms(size_t *count)
{
	pthread_once(&list_once, make_list);
	*count = MECHANISM_COUNT;
	return list;
}

/* ---- Judging beforehand -------------------------------------------------- */

/* The mechanism and the key's summary, as the PAL will judge them. */
static CK_RV judge(struct token *token, uint32_t purpose,
		   const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key,
		   struct recipe *recipe, struct key_summary *summary)
{
	struct exchange exchange;
	CK_RV rv = exchange_begin(&exchange, token);

	if (rv)
		return rv;
	exchange_add(&exchange, KEY_OP_BEGIN);
	rv = exchange_mechanism(&exchange, mechanism);
	if (!rv && exchange.request.is_full)
		rv = CKR_MECHANISM_PARAM_INVALID;
	if (!rv)
		rv = failure_of_key(mechanism_read(exchange_items(&exchange),
						   purpose, recipe));
	exchange_end(&exchange);
	recipe->iv.bytes = recipe->extra.bytes = recipe->peer.bytes = NULL;
	if (rv || purpose == KEY_USE_DIGEST)
		return rv;
	rv = token_summary(token, key, summary);
	if (rv == CKR_OBJECT_HANDLE_INVALID)
		rv = failure(CKR_KEY_HANDLE_INVALID, "there is no key %lu",
			     key);
	if (!rv && !mechanism_fits(recipe->mechanism, purpose, summary->class,
				   summary->key_type))
		rv = failure(CKR_KEY_TYPE_INCONSISTENT,
			     "key %lu is not for mechanism 0x%lx", key,
			     mechanism->mechanism);
	return rv;
}

CK_RV token_check(struct token *token, uint32_t purpose,
		  const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct key_summary summary = {0};
	struct recipe recipe;
	CK_RV rv = judge(token, purpose, mechanism, key, &recipe, &summary);

	if (!rv && purpose != KEY_USE_DIGEST && !(summary.usage & purpose))
		rv = failure(CKR_KEY_FUNCTION_NOT_PERMITTED,
			     "key %lu may not be used so", key);
	return rv;
}

static size_t signature_size(const struct recipe *recipe,
			     const struct key_summary *summary)
{
	enum key_family family = recipe->mechanism->family;

	if (family == KEY_HMAC)
		return PSA_HASH_LENGTH(mechanism_psa_hash(recipe->hash));
	if (family == KEY_AES_CMAC)
		return 16;
	/* Two numbers of ECDSA, one of RSA. */
	return (family == KEY_ECDSA ? 2 : 1) * ((summary->bits + 7) / 8);
}

static size_t encrypted_size(const struct recipe *recipe, size_t in_size)
{
	enum key_family family = recipe->mechanism->family;

	if (family == KEY_AES_CBC_PAD)
		return (in_size / 16 + 1) * 16;
	if (family == KEY_AES_GCM)
		return in_size + recipe->length;
	if (family == KEY_AES_KW || family == KEY_AES_KWP)
		return (in_size + 7) / 8 * 8 + 8;
	return in_size;
}

static size_t decrypted_size(const struct recipe *recipe, size_t in_size)
{
	if (recipe->mechanism->family != KEY_AES_GCM)
		return in_size;
	return in_size < recipe->length ? 0 : in_size - recipe->length;
}

CK_RV token_output_size(struct token *token, uint32_t purpose,
			const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key,
			size_t in_size, size_t *out_size)
{
	struct key_summary summary = {0};
	struct recipe recipe;
	CK_RV rv = judge(token, purpose, mechanism, key, &recipe, &summary);

	if (rv)
		return rv;
	if (purpose == KEY_USE_DIGEST)
		*out_size = PSA_HASH_LENGTH(mechanism_psa_hash(recipe.hash));
	else if (purpose == KEY_USE_SIGN)
		*out_size = signature_size(&recipe, &summary);
	else if (summary.key_type == CKK_RSA)
		*out_size = (summary.bits + 7) / 8;
	else if (purpose == KEY_USE_ENCRYPT)
		*out_size = encrypted_size(&recipe, in_size);
	else
		*out_size = decrypted_size(&recipe, in_size);
	return CKR_OK;
}
