/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vectors through PKCS#11: each request becomes objects of a session and a
 * C_* call.  Public and secret keys are created; private ones are unwrapped,
 * as an owner's import does it.
 *
 * VECTORS_MODULE names the module; its first slot with a token is taken, which
 * PALISADE_PIN opens.
 */
#include <psa/crypto.h>
#include <mbedtls/nist_kw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "call.h"
#include "tests/token/module.h"
#include "token_der.h"
#include "vectors.h"

#define CKM_KEY_WRAP_KWP 0x210bUL

struct job {
	struct vector_request request;
	struct bytes field[VECTOR_FIELD_COUNT];
	struct bytes out; /* the room, then what is there */
	CK_OBJECT_HANDLE key; /* the first field, where the row says so */
};

static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE transport; /* wraps private keys */
static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

/* ---- Mechanisms ---------------------------------------------------------- */

/* What a hash's mechanisms are called. */
struct hash {
	psa_algorithm_t psa;
	CK_MECHANISM_TYPE digest, hmac, rsa, pss, ecdsa;
	CK_RSA_PKCS_MGF_TYPE mgf;
	CK_ULONG size;
};

static const struct hash hashes[] = {
	{PSA_ALG_SHA_1, 0x220, 0x221, 0, 0, 0, 1, 20},
	{PSA_ALG_SHA_224, 0x255, 0x256, 0x46, 0x47, 0x1043, 5, 28},
	{PSA_ALG_SHA_256, 0x250, 0x251, 0x40, 0x43, 0x1044, 2, 32},
	{PSA_ALG_SHA_384, 0x260, 0x261, 0x41, 0x44, 0x1045, 3, 48},
	{PSA_ALG_SHA_512, 0x270, 0x271, 0x42, 0x45, 0x1046, 4, 64},
	{PSA_ALG_SHA3_224, 0x2b5, 0x2b6, 0x66, 0x67, 0x1047, 6, 28},
	{PSA_ALG_SHA3_256, 0x2b0, 0x2b1, 0x60, 0x63, 0x1048, 7, 32},
	{PSA_ALG_SHA3_384, 0x2c0, 0x2c1, 0x61, 0x64, 0x1049, 8, 48},
	{PSA_ALG_SHA3_512, 0x2d0, 0x2d1, 0x62, 0x65, 0x104a, 9, 64},
};

static const struct hash *hash_of(psa_algorithm_t algorithm)
{
	psa_algorithm_t wanted = PSA_ALG_GET_HASH(algorithm);

	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		if (hashes[i].psa == wanted)
			return &hashes[i];
	return NULL;
}

/* The parameters that a mechanism may need, kept while it is used. */
struct mechanism {
	CK_MECHANISM it;
	union {
		CK_RSA_PKCS_PSS_PARAMS pss;
		CK_RSA_PKCS_OAEP_PARAMS oaep;
		CK_GCM_PARAMS gcm;
		CK_AES_CTR_PARAMS ctr;
		CK_ECDH1_DERIVE_PARAMS ecdh;
	} with;
};

static void set(struct mechanism *mechanism, CK_MECHANISM_TYPE type,
		void *parameters, CK_ULONG size)
{
	mechanism->it = (CK_MECHANISM){type, parameters, size};
}

static bool choose_signature(struct mechanism *mechanism,
			     psa_algorithm_t algorithm)
{
	const struct hash *hash = hash_of(algorithm);

	if (algorithm == PSA_ALG_CMAC)
		return set(mechanism, CKM_AES_CMAC, NULL, 0), true;
	if (!hash)
		return false;
	if (PSA_ALG_IS_HMAC(algorithm))
		set(mechanism, hash->hmac, NULL, 0);
	else if (PSA_ALG_IS_RSA_PKCS1V15_SIGN(algorithm))
		set(mechanism, hash->rsa, NULL, 0);
	else if (PSA_ALG_IS_ECDSA(algorithm))
		set(mechanism, hash->ecdsa, NULL, 0);
	else
		set(mechanism, hash->pss, &mechanism->with.pss,
		    sizeof(mechanism->with.pss));
	if (PSA_ALG_IS_RSA_PSS(algorithm))
		mechanism->with.pss = (CK_RSA_PKCS_PSS_PARAMS){
			hash->digest, hash->mgf, hash->size};
	return mechanism->it.mechanism;
}

static bool choose_block(struct mechanism *mechanism, struct job *job)
{
	struct bytes *iv = &job->field[1];

	switch (job->request.algorithm) {
	case PSA_ALG_ECB_NO_PADDING:
		return set(mechanism, CKM_AES_ECB, NULL, 0), true;
	case PSA_ALG_CBC_NO_PADDING:
		return set(mechanism, CKM_AES_CBC, iv->at, iv->size), true;
	case PSA_ALG_CBC_PKCS7:
		return set(mechanism, CKM_AES_CBC_PAD, iv->at, iv->size), true;
	case PSA_ALG_CTR:
		mechanism->with.ctr = (CK_AES_CTR_PARAMS){.ulCounterBits = 128};
		memcpy(mechanism->with.ctr.cb, iv->at, 16);
		set(mechanism, CKM_AES_CTR, &mechanism->with.ctr,
		    sizeof(mechanism->with.ctr));
		return true;
	}
	return false;
}

static bool choose_aead(struct mechanism *mechanism, struct job *job)
{
	psa_algorithm_t algorithm = job->request.algorithm;
	struct bytes *nonce = &job->field[1], *aad = &job->field[2];

	if (PSA_ALG_AEAD_WITH_DEFAULT_LENGTH_TAG(algorithm) != PSA_ALG_GCM)
		return false;
	mechanism->with.gcm = (CK_GCM_PARAMS){
		nonce->at, nonce->size, nonce->size * 8, aad->at, aad->size,
		PSA_ALG_AEAD_GET_TAG_LENGTH(algorithm) * 8};
	set(mechanism, CKM_AES_GCM, &mechanism->with.gcm,
	    sizeof(mechanism->with.gcm));
	return true;
}

static bool choose_unseal(struct mechanism *mechanism, struct job *job)
{
	const struct hash *hash = hash_of(job->request.algorithm);
	struct bytes *label = &job->field[2];

	if (!PSA_ALG_IS_RSA_OAEP(job->request.algorithm))
		return set(mechanism, CKM_RSA_PKCS, NULL, 0), true;
	if (!hash)
		return false;
	mechanism->with.oaep = (CK_RSA_PKCS_OAEP_PARAMS){
		hash->digest, hash->mgf, CKZ_DATA_SPECIFIED, label->at,
		label->size};
	set(mechanism, CKM_RSA_PKCS_OAEP, &mechanism->with.oaep,
	    sizeof(mechanism->with.oaep));
	return true;
}

/* Any of them, and which field is what it works on. */
static bool choose_cipher(struct mechanism *mechanism, struct job *job,
			  struct bytes *in)
{
	switch (job->request.operation) {
	case VECTOR_AEAD_ENCRYPT:
	case VECTOR_AEAD_DECRYPT:
		*in = job->field[3];
		return choose_aead(mechanism, job);
	case VECTOR_UNSEAL:
		*in = job->field[1];
		return choose_unseal(mechanism, job);
	default:
		*in = job->field[2];
		return choose_block(mechanism, job);
	}
}

/* ---- Keys ---------------------------------------------------------------- */

static CK_RV make_secret(struct bytes value, CK_KEY_TYPE type,
			 CK_OBJECT_HANDLE *key)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_ATTRIBUTE template[] = {
		{CKA_CLASS, &class, sizeof(class)},
		{CKA_KEY_TYPE, &type, sizeof(type)},
		{CKA_VALUE, value.at, value.size},
		{CKA_EXTRACTABLE, &yes, 1},
		{CKA_DECRYPT, &yes, 1},
		{CKA_WRAP, &yes, 1},
		{CKA_UNWRAP, &yes, 1},
	};

	return module->C_CreateObject(session, template, 7, key);
}

static CK_RV make_rsa_public(struct bytes der, CK_OBJECT_HANDLE *key)
{
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_KEY_TYPE type = CKK_RSA;
	struct bytes numbers = token_der_take(&der);
	struct bytes modulus = token_der_take(&numbers);
	struct bytes exponent = token_der_take(&numbers);
	CK_ATTRIBUTE template[] = {
		{CKA_CLASS, &class, sizeof(class)},
		{CKA_KEY_TYPE, &type, sizeof(type)},
		{CKA_MODULUS, modulus.at, modulus.size},
		{CKA_PUBLIC_EXPONENT, exponent.at, exponent.size},
	};

	return module->C_CreateObject(session, template, 4, key);
}

static CK_RV make_ec_public(struct bytes point, CK_OBJECT_HANDLE *key)
{
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_KEY_TYPE type = CKK_EC;
	struct bytes curve = token_der_curve(point.size / 2);
	uint8_t room[160];
	struct bytes string = {room, 0};
	CK_ATTRIBUTE template[] = {
		{CKA_CLASS, &class, sizeof(class)},
		{CKA_KEY_TYPE, &type, sizeof(type)},
		{CKA_EC_PARAMS, curve.at, curve.size},
		{CKA_EC_POINT, room, 0},
	};

	token_der_add(&string, 4, point.at, point.size);
	if (point.size >= 128) { /* the short form of a long length */
		room[1] = 0x81;
		room[2] = (uint8_t)point.size;
		memcpy(room + 3, point.at, point.size);
		string.size--;
	}
	template[3].ulValueLen = string.size;
	return module->C_CreateObject(session, template, 4, key);
}

static CK_RV make_private(struct bytes material, CK_KEY_TYPE type,
			  CK_OBJECT_HANDLE *key)
{
	static uint8_t wrapped[VECTOR_MAX_SIZE + 128];
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_MECHANISM wrap = {CKM_KEY_WRAP_KWP, NULL, 0};
	CK_ULONG size = sizeof(wrapped);
	struct bytes der = token_der_pkcs8(material, type == CKK_RSA);
	CK_ATTRIBUTE template[] = {
		{CKA_CLASS, &class, sizeof(class)},
		{CKA_KEY_TYPE, &type, sizeof(type)},
		{CKA_DERIVE, &yes, 1},
	};
	CK_RV rv = module->C_EncryptInit(session, &wrap, transport);

	if (!rv)
		rv = module->C_Encrypt(session, der.at, der.size, wrapped,
				       &size);
	module_require(rv, "C_Encrypt");
	return module->C_UnwrapKey(session, &wrap, transport, wrapped, size,
				   template, 3, key);
}

static CK_RV make_key(struct job *job)
{
	struct bytes material = job->field[0];

	switch (job->request.key_type) {
	case PSA_KEY_TYPE_HMAC:
		return make_secret(material, CKK_GENERIC_SECRET, &job->key);
	case PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1):
		return make_private(material, CKK_EC, &job->key);
	case PSA_KEY_TYPE_RSA_KEY_PAIR:
		return make_private(material, CKK_RSA, &job->key);
	case PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1):
		return make_ec_public(material, &job->key);
	case PSA_KEY_TYPE_RSA_PUBLIC_KEY:
		return make_rsa_public(material, &job->key);
	case PSA_KEY_TYPE_AES:
	case 0: /* key wrap, which PSA does not know */
		return make_secret(material, CKK_AES, &job->key);
	}
	return CKR_KEY_TYPE_INCONSISTENT;
}

/* A key's value, which may be seen. */
static CK_RV read_value(struct job *job, CK_OBJECT_HANDLE key)
{
	CK_ATTRIBUTE value = {CKA_VALUE, job->out.at, job->out.size};
	CK_RV rv = module->C_GetAttributeValue(session, key, &value, 1);

	job->out.size = rv ? 0 : value.ulValueLen;
	module->C_DestroyObject(session, key);
	return rv;
}

/* ---- Operations ---------------------------------------------------------- */

static CK_RV run_hash(struct job *job)
{
	const struct hash *hash = hash_of(job->request.algorithm);
	struct bytes *in = &job->field[0];
	CK_MECHANISM mechanism = {0};
	CK_RV rv;

	if (!hash)
		return CKR_MECHANISM_INVALID;
	mechanism.mechanism = hash->digest;
	rv = module->C_DigestInit(session, &mechanism);
	if (rv)
		return rv;
	return module->C_Digest(session, in->at, in->size, job->out.at,
				&job->out.size);
}

static CK_RV run_sign(struct job *job)
{
	struct mechanism mechanism;
	struct bytes *in = &job->field[1];
	CK_RV rv;

	if (!choose_signature(&mechanism, job->request.algorithm))
		return CKR_MECHANISM_INVALID;
	rv = module->C_SignInit(session, &mechanism.it, job->key);
	if (rv)
		return rv;
	return module->C_Sign(session, in->at, in->size, job->out.at,
			      &job->out.size);
}

static CK_RV run_verify(struct job *job)
{
	struct mechanism mechanism;
	struct bytes *in = &job->field[1], *signature = &job->field[2];
	CK_RV rv;

	job->out.size = 0;
	if (!choose_signature(&mechanism, job->request.algorithm))
		return CKR_MECHANISM_INVALID;
	rv = module->C_VerifyInit(session, &mechanism.it, job->key);
	if (rv)
		return rv;
	return module->C_Verify(session, in->at, in->size, signature->at,
				signature->size);
}

static CK_RV run_encrypt(struct job *job)
{
	struct mechanism mechanism;
	struct bytes in;
	CK_RV rv;

	if (!choose_cipher(&mechanism, job, &in))
		return CKR_MECHANISM_INVALID;
	rv = module->C_EncryptInit(session, &mechanism.it, job->key);
	if (rv)
		return rv;
	return module->C_Encrypt(session, in.at, in.size, job->out.at,
				 &job->out.size);
}

static CK_RV run_decrypt(struct job *job)
{
	struct mechanism mechanism;
	struct bytes in;
	CK_RV rv;

	if (!choose_cipher(&mechanism, job, &in))
		return CKR_MECHANISM_INVALID;
	rv = module->C_DecryptInit(session, &mechanism.it, job->key);
	if (rv)
		return rv;
	return module->C_Decrypt(session, in.at, in.size, job->out.at,
				 &job->out.size);
}

static CK_RV run_agree(struct job *job)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ULONG size = job->field[0].size;
	CK_ATTRIBUTE template[] = {
		{CKA_CLASS, &class, sizeof(class)},
		{CKA_KEY_TYPE, &type, sizeof(type)},
		{CKA_VALUE_LEN, &size, sizeof(size)},
		{CKA_SENSITIVE, &no, 1},
		{CKA_EXTRACTABLE, &yes, 1},
	};
	CK_ECDH1_DERIVE_PARAMS with = {.kdf = CKD_NULL,
				       .ulPublicDataLen = job->field[1].size,
				       .pPublicData = job->field[1].at};
	CK_MECHANISM mechanism = {CKM_ECDH1_DERIVE, &with, sizeof(with)};
	CK_OBJECT_HANDLE shared;
	CK_RV rv = module->C_DeriveKey(session, &mechanism, job->key, template,
				       5, &shared);

	return rv ? rv : read_value(job, shared);
}

static CK_MECHANISM_TYPE wrap_mechanism(const struct job *job)
{
	return job->request.algorithm == MBEDTLS_KW_MODE_KW ? CKM_AES_KEY_WRAP :
							      CKM_KEY_WRAP_KWP;
}

static CK_RV run_wrap(struct job *job)
{
	CK_MECHANISM mechanism = {wrap_mechanism(job), NULL, 0};
	CK_OBJECT_HANDLE inside;
	CK_RV rv = make_secret(job->field[1], CKK_GENERIC_SECRET, &inside);

	if (rv)
		return rv;
	rv = module->C_WrapKey(session, &mechanism, job->key, inside,
			       job->out.at, &job->out.size);
	module->C_DestroyObject(session, inside);
	return rv;
}

static CK_RV run_unwrap(struct job *job)
{
	CK_MECHANISM mechanism = {wrap_mechanism(job), NULL, 0};
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ATTRIBUTE template[] = {
		{CKA_CLASS, &class, sizeof(class)},
		{CKA_KEY_TYPE, &type, sizeof(type)},
		{CKA_SENSITIVE, &no, 1},
		{CKA_EXTRACTABLE, &yes, 1},
	};
	CK_OBJECT_HANDLE inside;
	CK_RV rv = module->C_UnwrapKey(session, &mechanism, job->key,
				       job->field[1].at, job->field[1].size,
				       template, 4, &inside);

	return rv ? rv : read_value(job, inside);
}

static CK_RV run_random(struct job *job)
{
	job->out.size = job->request.output_size;
	return module->C_GenerateRandom(session, job->out.at, job->out.size);
}

struct row {
	CK_RV (*run)(struct job *job);
	bool has_key; /* in the first field */
};

static const struct row rows[] = {
	[VECTOR_HASH] = {run_hash, false},
	[VECTOR_MAC] = {run_sign, true},
	[VECTOR_MAC_VERIFY] = {run_verify, true},
	[VECTOR_ENCRYPT] = {run_encrypt, true},
	[VECTOR_DECRYPT] = {run_decrypt, true},
	[VECTOR_AEAD_ENCRYPT] = {run_encrypt, true},
	[VECTOR_AEAD_DECRYPT] = {run_decrypt, true},
	[VECTOR_SIGN] = {run_sign, true},
	[VECTOR_VERIFY] = {run_verify, true},
	[VECTOR_AGREE] = {run_agree, true},
	[VECTOR_UNSEAL] = {run_decrypt, true},
	[VECTOR_WRAP] = {run_wrap, true},
	[VECTOR_UNWRAP] = {run_unwrap, true},
	[VECTOR_RANDOM] = {run_random, false},
};

/* ---- call.h -------------------------------------------------------------- */

int call_open(void)
{
	static uint8_t value[32] = {1};
	const char *path = getenv("VECTORS_MODULE");
	const char *pin = getenv("PALISADE_PIN");
	CK_SLOT_ID slots[16];
	CK_ULONG count = 16;

	if (!path || !pin) {
		fputs("run_vectors: set VECTORS_MODULE and PALISADE_PIN\n",
		      stderr);
		return -1;
	}
	module_load(path);
	module_require(module->C_Initialize(NULL), "C_Initialize");
	module_require(module->C_GetSlotList(CK_TRUE, slots, &count),
		       "C_GetSlotList");
	session = module_session(slots[0], pin);
	module_require(make_secret((struct bytes){value, sizeof(value)},
				   CKK_AES, &transport),
		       "C_CreateObject");
	return 0;
}

void call_close(void)
{
	module_require(module->C_Finalize(NULL), "C_Finalize");
}

/* What PSA would have said: these are all the words that vectors care for. */
static int status_of(CK_RV rv)
{
	switch (rv) {
	case CKR_OK:
		return PSA_SUCCESS;
	case CKR_SIGNATURE_INVALID:
	case CKR_SIGNATURE_LEN_RANGE:
		return PSA_ERROR_INVALID_SIGNATURE;
	case CKR_ENCRYPTED_DATA_INVALID:
	case CKR_ENCRYPTED_DATA_LEN_RANGE:
		return PSA_ERROR_INVALID_PADDING;
	case CKR_WRAPPED_KEY_INVALID:
	case CKR_WRAPPED_KEY_LEN_RANGE:
	case CKR_ATTRIBUTE_VALUE_INVALID:
	case CKR_MECHANISM_PARAM_INVALID:
		return PSA_ERROR_INVALID_ARGUMENT;
	case CKR_MECHANISM_INVALID:
		return PSA_ERROR_NOT_SUPPORTED;
	}
	fprintf(stderr, "run_vectors: the module answers 0x%lx\n", rv);
	return PSA_ERROR_GENERIC_ERROR;
}

static struct job read_request(const uint8_t *in)
{
	struct job job = {0};
	size_t at = sizeof(job.request);

	memcpy(&job.request, in, at);
	for (int i = 0; i < VECTOR_FIELD_COUNT; i++) {
		job.field[i] = (struct bytes){(uint8_t *)in + at,
					      job.request.field_sizes[i]};
		at += job.field[i].size;
	}
	return job;
}

int call(const void *in, size_t in_size, void *out, size_t out_capacity,
	 size_t *out_size)
{
	struct job job = read_request(in);
	const struct row *row = &rows[job.request.operation];
	CK_RV rv = CKR_OK;

	(void)in_size;
	if (job.request.operation >= sizeof(rows) / sizeof(rows[0]) ||
	    !row->run)
		return PSA_ERROR_NOT_SUPPORTED;
	job.out = (struct bytes){out, out_capacity};
	if (row->has_key)
		rv = make_key(&job);
	if (!rv)
		rv = row->run(&job);
	*out_size = rv ? 0 : job.out.size;
	if (job.key)
		module->C_DestroyObject(session, job.key);
	return status_of(rv);
}
