/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every mechanism, through token.h: run in the simulator, and with the key
 * PAL's code linked in, under sanitizers.
 */
#include <stdlib.h>
#include <string.h>
#include "pkcs11/token/cryptoki3.h"
#include "scene.h"
#include "test/tap.h"

static struct token *token;
static struct scene_pair rsa, ec;
static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

/* ---- Signing ------------------------------------------------------------- */

static void each_ec_mechanism_signs_what_it_verifies(void)
{
	static const unsigned bits[] = {256, 384, 521};
	uint8_t out[512];
	size_t size;

	for (int i = 0; i < 3; i++) {
		struct scene_pair pair = scene_ec(token, bits[i], false);

		for (CK_ULONG type = CKM_ECDSA; type <= 0x104a; type++) {
			if (type == CKM_ECDSA_SHA1)
				continue;
			CHECK(!scene_sign(token, type, pair.private, "a text of 20 bytes..",
				    20, out, &size));
			CHECK(size == 2 * ((bits[i] + 7) / 8));
			CHECK(!scene_verify(token, type, pair.public, "a text of 20 bytes..",
				      20, out, size));
			CHECK(scene_verify(token, type, pair.public, "another of 20 bytes.",
				     20, out, size) == CKR_SIGNATURE_INVALID);
			out[3] ^= 1;
			CHECK(scene_verify(token, type, pair.public, "a text of 20 bytes..",
				     20, out, size) == CKR_SIGNATURE_INVALID);
			CHECK(scene_verify(token, type, pair.public, "a", 1, out,
				     size - 1) == CKR_SIGNATURE_LEN_RANGE);
		}
	}
	token_end_session(token, 1);
}

static void each_rsa_mechanism_signs_what_it_verifies(void)
{
	static const CK_MECHANISM_TYPE types[] = {1,	3,    0x46, 0x40, 0x41,
						  0x42, 0x66, 0x60, 0x61, 0x62};
	uint8_t out[512];
	size_t size;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		CHECK(!scene_sign(token, types[i], rsa.private, "text", 4, out, &size));
		CHECK(size == 256);
		CHECK(!scene_verify(token, types[i], rsa.public, "text", 4, out, size));
		CHECK(scene_verify(token, types[i], rsa.public, "test", 4, out, size) ==
		      CKR_SIGNATURE_INVALID);
	}
	CHECK(scene_sign(token, 1, rsa.private, out, 246, out, &size) ==
	      CKR_DATA_LEN_RANGE);
}

static CK_RV try_pss(CK_MECHANISM_TYPE type, CK_ULONG hash, CK_ULONG mgf,
		     size_t in_size, CK_ULONG salt)
{
	CK_RSA_PKCS_PSS_PARAMS pss = {hash, mgf, salt};
	CK_MECHANISM mechanism = {type, &pss, sizeof(pss)};
	uint8_t out[512], in[64] = "what is signed";
	size_t size = sizeof(out);
	CK_RV rv = token_operate(token, KEY_USE_SIGN, &mechanism, rsa.private,
				 in, in_size, out, &size);

	if (rv)
		return rv;
	rv = token_verify(token, &mechanism, rsa.public, in, in_size, out,
			  size);
	in[0] ^= 1;
	CHECK(token_verify(token, &mechanism, rsa.public, in, in_size, out,
			   size) == CKR_SIGNATURE_INVALID);
	return rv;
}

static void pss_takes_its_parameters_seriously(void)
{
	CHECK(!try_pss(CKM_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, 32, 32));
	CHECK(!try_pss(CKM_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, 32, 0));
	CHECK(!try_pss(CKM_SHA384_RSA_PKCS_PSS, CKM_SHA384, CKG_MGF1_SHA384, 9,
		       48));
	CHECK(!try_pss(0x63, 0x2b0, 7, 9, 32)); /* SHA3-256 */
	CHECK(try_pss(CKM_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, 31, 32) ==
	      CKR_DATA_LEN_RANGE);
	CHECK(try_pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA384, CKG_MGF1_SHA384, 9,
		      48) == CKR_MECHANISM_PARAM_INVALID);
	CHECK(try_pss(CKM_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA384, 32, 32) ==
	      CKR_MECHANISM_PARAM_INVALID);
	CHECK(try_pss(CKM_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, 32,
		      300));
}

/* ---- Ciphers ------------------------------------------------------------- */

static void round_trip(CK_MECHANISM *mechanism, CK_OBJECT_HANDLE public,
		       CK_OBJECT_HANDLE private, size_t in_size)
{
	static uint8_t in[70000], secret[70100], out[70100];
	size_t secret_size = sizeof(secret), out_size = sizeof(out), most;

	for (size_t i = 0; i < in_size; i++)
		in[i] = (uint8_t)(i * 7);
	CHECK(!token_operate(token, KEY_USE_ENCRYPT, mechanism, public, in,
			     in_size, secret, &secret_size));
	CHECK(!token_output_size(token, KEY_USE_ENCRYPT, mechanism, public,
				 in_size, &most));
	CHECK(secret_size == most);
	CHECK(!token_operate(token, KEY_USE_DECRYPT, mechanism, private, secret,
			     secret_size, out, &out_size));
	CHECK(out_size == in_size && !memcmp(in, out, in_size));
}

static void each_cipher_gives_back_what_it_took(void)
{
	CK_OBJECT_HANDLE key = scene_secret(token, CKK_AES, 32);
	uint8_t iv[16] = {1, 2, 3};
	struct cryptoki_ctr ctr = {128, {9}};
	CK_GCM_PARAMS gcm = {iv, 12, 96, (uint8_t *)"aad", 3, 128};
	CK_MECHANISM ecb = {CKM_AES_ECB, NULL, 0}, cbc = {CKM_AES_CBC, iv, 16},
		     pad = {CKM_AES_CBC_PAD, iv, 16},
		     stream = {CKM_AES_CTR, &ctr, sizeof(ctr)},
		     aead = {CKM_AES_GCM, &gcm, sizeof(gcm)},
		     kw = {CKM_AES_KEY_WRAP, NULL, 0}, kwp = {0x210b, NULL, 0};

	round_trip(&ecb, key, key, 64);
	round_trip(&cbc, key, key, 64);
	round_trip(&cbc, key, key, 69984);
	round_trip(&pad, key, key, 0);
	round_trip(&pad, key, key, 15);
	round_trip(&pad, key, key, 16);
	round_trip(&pad, key, key, 70000);
	round_trip(&stream, key, key, 17);
	round_trip(&stream, key, key, 70000);
	round_trip(&aead, key, key, 0);
	round_trip(&aead, key, key, 1000);
	gcm.ulTagBits = 96;
	round_trip(&aead, key, key, 29000);
	round_trip(&kw, key, key, 24);
	round_trip(&kwp, key, key, 21);
	token_end_session(token, 1);
}

static void rsa_gives_back_what_it_took(void)
{
	CK_RSA_PKCS_OAEP_PARAMS oaep = {CKM_SHA256, CKG_MGF1_SHA256,
					CKZ_DATA_SPECIFIED, "label", 5};
	CK_MECHANISM pkcs = {CKM_RSA_PKCS, NULL, 0},
		     padded = {CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep)};
	uint8_t out[512], plain[512];
	size_t size = sizeof(out), plain_size = sizeof(plain);

	CHECK(!token_operate(token, KEY_USE_ENCRYPT, &pkcs, rsa.public, "text",
			     4, out, &size));
	CHECK(!token_operate(token, KEY_USE_DECRYPT, &pkcs, rsa.private, out,
			     size, plain, &plain_size));
	CHECK(plain_size == 4 && !memcmp(plain, "text", 4));
	size = sizeof(out);
	plain_size = sizeof(plain);
	CHECK(!token_operate(token, KEY_USE_ENCRYPT, &padded, rsa.public,
			     "text", 4, out, &size));
	CHECK(!token_operate(token, KEY_USE_DECRYPT, &padded, rsa.private, out,
			     size, plain, &plain_size));
	CHECK(plain_size == 4 && !memcmp(plain, "text", 4));
	oaep.pSourceData = "LABEL";
	plain_size = sizeof(plain);
	CHECK(token_operate(token, KEY_USE_DECRYPT, &padded, rsa.private, out,
			    size, plain, &plain_size) ==
	      CKR_ENCRYPTED_DATA_INVALID);
}

static void altered_ciphertext_gives_nothing(void)
{
	CK_OBJECT_HANDLE key = scene_secret(token, CKK_AES, 16);
	CK_GCM_PARAMS gcm = {(uint8_t *)"nonce 123456", 12, 96, NULL, 0, 128};
	CK_MECHANISM aead = {CKM_AES_GCM, &gcm, sizeof(gcm)};
	uint8_t out[64], plain[64] = {0};
	size_t size = sizeof(out), plain_size = sizeof(plain);

	CHECK(!token_operate(token, KEY_USE_ENCRYPT, &aead, key, "text", 4, out,
			     &size));
	out[1] ^= 1;
	CHECK(token_operate(token, KEY_USE_DECRYPT, &aead, key, out, size,
			    plain, &plain_size) == CKR_ENCRYPTED_DATA_INVALID);
	CHECK(!plain[0]);
	token_end_session(token, 1);
}

static void parts_are_the_same_as_the_whole(void)
{
	static uint8_t text[50000];
	CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
	uint8_t whole[512], parts[512];
	size_t size, part_size = sizeof(parts), nothing = 0;
	uint64_t operation;

	memset(text, 'x', sizeof(text));
	CHECK(!scene_sign(token, CKM_SHA256_RSA_PKCS, rsa.private, text,
			  sizeof(text), whole, &size));
	CHECK(!token_begin(token, 1, KEY_USE_SIGN, &mechanism, rsa.private,
			   &operation));
	for (size_t i = 0; i < sizeof(text); i += 10000)
		CHECK(!token_update(token, operation, text + i, 10000, NULL,
				    &nothing));
	CHECK(!token_finish(token, operation, parts, &part_size));
	CHECK(part_size == size && !memcmp(whole, parts, size));
	CHECK(token_finish(token, operation, parts, &part_size) ==
	      CKR_OPERATION_NOT_INITIALIZED);
	CHECK(!token_begin(token, 1, KEY_USE_VERIFY, &mechanism, rsa.public,
			   &operation));
	CHECK(!token_update(token, operation, text, sizeof(text), NULL,
			    &nothing));
	CHECK(!token_finish_verify(token, operation, whole, size));
}

static void digests_and_macs_are_right(void)
{
	static const uint8_t sha256_abc[] = {0xba, 0x78, 0x16, 0xbf},
			     sha3_abc[] = {0x3a, 0x98, 0x5d, 0xa7};
	CK_MECHANISM sha = {CKM_SHA256, NULL, 0}, sha3 = {0x2b0, NULL, 0};
	CK_OBJECT_HANDLE key = scene_secret(token, CKK_GENERIC_SECRET, 40);
	uint8_t out[512];
	size_t size = sizeof(out);

	CHECK(!token_operate(token, KEY_USE_DIGEST, &sha, 0, "abc", 3, out,
			     &size));
	CHECK(size == 32 && !memcmp(out, sha256_abc, 4));
	CHECK(!token_operate(token, KEY_USE_DIGEST, &sha3, 0, "abc", 3, out,
			     &size));
	CHECK(!memcmp(out, sha3_abc, 4));
	CHECK(!scene_sign(token, CKM_SHA512_HMAC, key, "abc", 3, out, &size) && size == 64);
	CHECK(!scene_verify(token, CKM_SHA512_HMAC, key, "abc", 3, out, size));
	CHECK(scene_verify(token, CKM_SHA512_HMAC, key, "abd", 3, out, size) ==
	      CKR_SIGNATURE_INVALID);
	token_end_session(token, 1);
}

static void a_batch_does_all_its_jobs(void)
{
	enum { COUNT = 150 };
	static uint8_t out[COUNT][64];
	CK_MECHANISM mechanism = {CKM_ECDSA_SHA256, NULL, 0};
	struct token_job jobs[COUNT];

	for (size_t i = 0; i < COUNT; i++)
		jobs[i] = (struct token_job){.purpose = KEY_USE_SIGN,
					     .mechanism = &mechanism,
					     .key = ec.private,
					     .in = &jobs[i].in_size,
					     .in_size = i % 8 + 1,
					     .out = out[i],
					     .out_size = 64};
	jobs[7].key = 99999;
	CHECK(!token_batch(token, jobs, COUNT));
	for (size_t i = 0; i < COUNT; i++) {
		CHECK(jobs[i].result ==
		      (i == 7 ? CKR_KEY_HANDLE_INVALID : CKR_OK));
		CHECK(i == 7 ||
		      !scene_verify(token, CKM_ECDSA_SHA256, ec.public,
					jobs[i].in, jobs[i].in_size, out[i],
					jobs[i].out_size));
	}
}

/* What somebody has wrapped for a key that stays does not come out with it. */
static void a_wrapped_key_does_not_leave_by_its_wrapping_key(void)
{
	CK_MECHANISM generate = {CKM_AES_KEY_GEN, NULL, 0},
		     kw = {CKM_AES_KEY_WRAP, NULL, 0};
	CK_ULONG value_size = 32;
	CK_ATTRIBUTE wrapping_template[] = {
		{CKA_VALUE_LEN, &value_size, sizeof(value_size)},
		{CKA_WRAP, &yes, 1},
		{CKA_UNWRAP, &yes, 1},
	};
	CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ATTRIBUTE template[] = {{CKA_KEY_TYPE, &type, sizeof(type)},
				   {CKA_EXTRACTABLE, &yes, 1}};
	CK_OBJECT_HANDLE key = scene_secret(token, CKK_AES, 32), wrapping, back;
	uint8_t out[64], plain[64];
	size_t size = sizeof(out), plain_size = sizeof(plain);

	CHECK(!token_generate_key(token, 1, &generate, wrapping_template, 3,
				  &wrapping));
	CHECK(!token_wrap(token, &kw, wrapping, key, out, &size));
	CHECK(token_unwrap(token, 1, &kw, wrapping, out, size, template, 2,
			   &back) == CKR_TEMPLATE_INCONSISTENT);
	CHECK(token_operate(token, KEY_USE_DECRYPT, &kw, wrapping, out, size,
			    plain, &plain_size) ==
	      CKR_KEY_FUNCTION_NOT_PERMITTED);
	CHECK(!token_unwrap(token, 1, &kw, wrapping, out, size, template, 1,
			    &back));
	token_end_session(token, 1);
}

/* Whoever tries often enough hits a short one, and the key is another's. */
static void what_is_unwrapped_has_its_whole_tag(void)
{
	uint8_t iv[12] = {1}, out[64];
	CK_GCM_PARAMS parameters = {.pIv = iv,
				    .ulIvLen = sizeof(iv),
				    .ulTagBits = 32};
	CK_MECHANISM gcm = {CKM_AES_GCM, &parameters, sizeof(parameters)};
	CK_OBJECT_HANDLE wrapping = scene_secret(token, CKK_AES, 16),
			 key = scene_secret(token, CKK_AES, 32), back;
	CK_KEY_TYPE type = CKK_AES;
	CK_ATTRIBUTE template = {CKA_KEY_TYPE, &type, sizeof(type)};
	size_t size = sizeof(out);

	CHECK(!token_wrap(token, &gcm, wrapping, key, out, &size));
	CHECK(token_unwrap(token, 1, &gcm, wrapping, out, size, &template, 1,
			   &back) == CKR_MECHANISM_PARAM_INVALID);
	parameters.ulTagBits = 128;
	size = sizeof(out);
	CHECK(!token_wrap(token, &gcm, wrapping, key, out, &size));
	CHECK(!token_unwrap(token, 1, &gcm, wrapping, out, size, &template, 1,
			    &back));
	token_end_session(token, 1);
}

/* A raw operation signs as well as it decrypts. */
static void a_key_that_signs_or_decrypts_only_does_nothing_raw(void)
{
	CK_ATTRIBUTE no_decrypt[] = {{CKA_TOKEN, &no, 1},
				     {CKA_DECRYPT, &no, 1}};
	CK_ATTRIBUTE no_sign[] = {{CKA_TOKEN, &no, 1}, {CKA_SIGN, &no, 1}};
	CK_MECHANISM raw = {CKM_RSA_X_509, NULL, 0},
		     pkcs = {CKM_RSA_PKCS, NULL, 0};
	CK_OBJECT_HANDLE signs, decrypts;
	uint8_t number[256] = {0, 2, 3}, out[256];
	size_t size = sizeof(out);

	CHECK(!token_copy_object(token, 1, rsa.private, no_decrypt, 2,
				 &signs));
	CHECK(!token_copy_object(token, 1, rsa.private, no_sign, 2,
				 &decrypts));
	CHECK(!token_operate(token, KEY_USE_SIGN, &raw, rsa.private, number,
			     sizeof(number), out, &size));
	CHECK(token_operate(token, KEY_USE_SIGN, &raw, signs, number,
			    sizeof(number), out, &size) ==
	      CKR_KEY_FUNCTION_NOT_PERMITTED);
	CHECK(token_operate(token, KEY_USE_DECRYPT, &raw, decrypts, number,
			    sizeof(number), out, &size) ==
	      CKR_KEY_FUNCTION_NOT_PERMITTED);
	CHECK(!token_operate(token, KEY_USE_SIGN, &pkcs, signs, number, 32, out,
			     &size));
	token_end_session(token, 1);
}

int main(void)
{
	scene_begin();
	token = scene_token("main");
	rsa = scene_rsa(token, 2048, true);
	ec = scene_ec(token, 256, true);
	RUN(each_ec_mechanism_signs_what_it_verifies);
	RUN(each_rsa_mechanism_signs_what_it_verifies);
	RUN(pss_takes_its_parameters_seriously);
	RUN(each_cipher_gives_back_what_it_took);
	RUN(rsa_gives_back_what_it_took);
	RUN(altered_ciphertext_gives_nothing);
	RUN(parts_are_the_same_as_the_whole);
	RUN(digests_and_macs_are_right);
	RUN(a_batch_does_all_its_jobs);
	RUN(a_wrapped_key_does_not_leave_by_its_wrapping_key);
	RUN(what_is_unwrapped_has_its_whole_tag);
	RUN(a_key_that_signs_or_decrypts_only_does_nothing_raw);
	token_close(token);
	return TAP_END();
}
