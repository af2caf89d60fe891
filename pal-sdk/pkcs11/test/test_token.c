/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens, through token.h: run in the simulator, and with the key PAL's code
 * linked in, under sanitizers.
 */
#include <stdlib.h>
#include <string.h>
#include "scene.h"
#include "test/tap.h"

static struct token *token;
static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static struct scene_pair rsa, ec;

static bool bool_of(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
	CK_BBOOL value = 2;
	CK_ATTRIBUTE attribute = {type, &value, 1};

	return !token_get_attributes(token, object, &attribute, 1) &&
	       value == CK_TRUE;
}

static size_t count_all(void)
{
	CK_OBJECT_HANDLE handles[TOKEN_FIND_MAX];
	size_t count = 0;

	CHECK(!token_find(token, NULL, 0, handles, TOKEN_FIND_MAX, &count));
	return count;
}

/* ---- Keys and objects ---------------------------------------------------- */

static void attributes_tell_the_truth(void)
{
	uint8_t buffer[16];
	CK_ATTRIBUTE value = {CKA_VALUE, buffer, sizeof(buffer)};

	CHECK(bool_of(rsa.private, CKA_SENSITIVE));
	CHECK(!bool_of(rsa.private, CKA_EXTRACTABLE));
	CHECK(bool_of(rsa.private, CKA_ALWAYS_SENSITIVE));
	CHECK(bool_of(rsa.private, CKA_NEVER_EXTRACTABLE));
	CHECK(bool_of(rsa.private, CKA_LOCAL));
	CHECK(bool_of(rsa.private, CKA_PRIVATE));
	CHECK(!bool_of(rsa.public, CKA_PRIVATE));
	CHECK(token_get_attributes(token, ec.private, &value, 1) ==
	      CKR_ATTRIBUTE_SENSITIVE);
	CHECK(value.ulValueLen == CK_UNAVAILABLE_INFORMATION);
}

static void secrets_are_not_found_by_their_value(void)
{
	uint8_t guess[32] = {0};
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof(class)},
				   {CKA_VALUE, guess, sizeof(guess)}};
	CK_OBJECT_HANDLE found[4];
	size_t count = 9;

	CHECK(!token_find(token, template, 2, found, 4, &count) && !count);
	CHECK(!token_find(token, template, 1, found, 4, &count) && count == 2);
}

static void a_private_key_cannot_be_made_to_leave(void)
{
	static uint8_t p256[] = {6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7};
	CK_MECHANISM generate = {CKM_EC_KEY_PAIR_GEN, NULL, 0},
		     kw = {CKM_AES_KEY_WRAP, NULL, 0};
	CK_ATTRIBUTE public = {CKA_EC_PARAMS, p256, sizeof(p256)};
	CK_ATTRIBUTE private = {CKA_EXTRACTABLE, &yes, 1};
	CK_OBJECT_HANDLE a, b, key = scene_secret(token, CKK_AES, 32);
	uint8_t out[512];
	size_t size = sizeof(out);

	CHECK(token_generate_pair(token, 1, &generate, &public, 1, &private, 1,
				  &a, &b) == CKR_TEMPLATE_INCONSISTENT);
	private = (CK_ATTRIBUTE){CKA_SENSITIVE, &no, 1};
	CHECK(token_generate_pair(token, 1, &generate, &public, 1, &private, 1,
				  &a, &b) == CKR_TEMPLATE_INCONSISTENT);
	CHECK(token_set_attributes(token, ec.private, &private, 1) ==
	      CKR_ATTRIBUTE_READ_ONLY);
	private = (CK_ATTRIBUTE){CKA_EXTRACTABLE, &yes, 1};
	CHECK(token_set_attributes(token, ec.private, &private, 1) ==
	      CKR_ATTRIBUTE_READ_ONLY);
	CHECK(token_wrap(token, &kw, key, ec.private, out, &size) ==
	      CKR_KEY_UNEXTRACTABLE);
	token_end_session(token, 1);
}

static void wrapped_keys_come_back(void)
{
	CK_OBJECT_HANDLE key = scene_secret(token, CKK_AES, 32), back;
	CK_OBJECT_HANDLE wrapping = scene_secret(token, CKK_AES, 16);
	CK_MECHANISM kw = {CKM_AES_KEY_WRAP, NULL, 0},
		     pkcs = {CKM_RSA_PKCS, NULL, 0};
	CK_RSA_PKCS_OAEP_PARAMS parameters = {CKM_SHA256, CKG_MGF1_SHA256,
					      CKZ_DATA_SPECIFIED, NULL, 0};
	CK_MECHANISM oaep = {CKM_RSA_PKCS_OAEP, &parameters,
			     sizeof(parameters)};
	CK_KEY_TYPE type = CKK_AES;
	CK_ATTRIBUTE template[] = {{CKA_KEY_TYPE, &type, sizeof(type)},
				   {CKA_SENSITIVE, &no, 1},
				   {CKA_EXTRACTABLE, &yes, 1}};
	uint8_t out[512], first[32], second[32];
	CK_ATTRIBUTE value = {CKA_VALUE, first, 32};
	size_t size = 0;

	CHECK(!token_wrap(token, &kw, wrapping, key, NULL, &size));
	CHECK(size == 40);
	CHECK(!token_wrap(token, &kw, wrapping, key, out, &size));
	CHECK(!token_unwrap(token, 1, &kw, wrapping, out, size, template, 3,
			    &back));
	CHECK(!token_get_attributes(token, key, &value, 1));
	value.pValue = second;
	CHECK(!token_get_attributes(token, back, &value, 1));
	CHECK(!memcmp(first, second, 32));
	CHECK(!bool_of(back, CKA_LOCAL) &&
	      !bool_of(back, CKA_NEVER_EXTRACTABLE));
	out[5] ^= 1;
	CHECK(token_unwrap(token, 1, &kw, wrapping, out, size, template, 3,
			   &back) == CKR_WRAPPED_KEY_INVALID);
	size = sizeof(out);
	CHECK(!token_wrap(token, &pkcs, rsa.public, key, out, &size));
	CHECK(token_unwrap(token, 1, &pkcs, rsa.private, out, size, template, 1,
			   &back) == CKR_MECHANISM_INVALID);
	size = sizeof(out);
	CHECK(!token_wrap(token, &oaep, rsa.public, key, out, &size));
	CHECK(!token_unwrap(token, 1, &oaep, rsa.private, out, size, template,
			    1, &back));
	CHECK(bool_of(back, CKA_SENSITIVE) && !bool_of(back, CKA_EXTRACTABLE));
	token_end_session(token, 1);
}

static void both_sides_of_ecdh_agree(void)
{
	struct scene_pair a = scene_ec(token, 256, false),
			  b = scene_ec(token, 256, false);
	uint8_t point_a[80], point_b[80], first[32], second[32];
	CK_ATTRIBUTE get_a = {CKA_EC_POINT, point_a, sizeof(point_a)},
		     get_b = {CKA_EC_POINT, point_b, sizeof(point_b)};
	CK_ATTRIBUTE template[] = {{CKA_SENSITIVE, &no, 1},
				   {CKA_EXTRACTABLE, &yes, 1}};
	CK_ATTRIBUTE value = {CKA_VALUE, first, 32};
	CK_ECDH1_DERIVE_PARAMS ecdh = {.kdf = CKD_NULL};
	CK_MECHANISM derive = {CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh)};
	CK_OBJECT_HANDLE key;

	CHECK(!token_get_attributes(token, a.public, &get_a, 1));
	CHECK(!token_get_attributes(token, b.public, &get_b, 1));
	ecdh.pPublicData = point_b;
	ecdh.ulPublicDataLen = get_b.ulValueLen;
	CHECK(!token_derive(token, 1, &derive, a.private, template, 2, &key));
	CHECK(!token_get_attributes(token, key, &value, 1));
	ecdh.pPublicData = point_a + 2; /* bare, without its DER */
	ecdh.ulPublicDataLen = 65;
	CHECK(!token_derive(token, 1, &derive, b.private, template, 2, &key));
	value.pValue = second;
	CHECK(!token_get_attributes(token, key, &value, 1));
	CHECK(!memcmp(first, second, 32));
	point_a[20] ^= 1;
	CHECK(token_derive(token, 1, &derive, b.private, template, 2, &key) ==
	      CKR_MECHANISM_PARAM_INVALID);
	token_end_session(token, 1);
}

static void objects_of_all_classes_are_kept(void)
{
	CK_OBJECT_CLASS data = CKO_DATA, certificate = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE x509 = CKC_X_509;
	static uint8_t value[3000];
	CK_ATTRIBUTE first[] = {{CKA_CLASS, &data, sizeof(data)},
				{CKA_TOKEN, &yes, 1},
				{CKA_APPLICATION, "test", 4},
				{CKA_VALUE, "text", 4}};
	CK_ATTRIBUTE second[] = {{CKA_CLASS, &certificate, sizeof(certificate)},
				 {CKA_CERTIFICATE_TYPE, &x509, sizeof(x509)},
				 {CKA_TOKEN, &yes, 1},
				 {CKA_SUBJECT, "s", 1},
				 {CKA_VALUE, value, sizeof(value)}};
	CK_OBJECT_HANDLE a, b;
	size_t before = count_all();

	CHECK(!token_create_object(token, 1, first, 4, &a));
	CHECK(!token_create_object(token, 1, second, 5, &b));
	CHECK(count_all() == before + 2);
	first[3].pValue = "TEXT";
	CHECK(!token_set_attributes(token, a, &first[3], 1));
	token_close(token);
	token = scene_open("main");
	CHECK(count_all() == before + 2);
	first[3].pValue = value;
	CHECK(!token_get_attributes(token, a, &first[3], 1));
	CHECK(!memcmp(value, "TEXT", 4));
	CHECK(!token_destroy_object(token, a));
	CHECK(!token_destroy_object(token, b));
	CHECK(token_destroy_object(token, b) == CKR_OBJECT_HANDLE_INVALID);
	CHECK(count_all() == before);
}

static void bad_templates_are_refused(void)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY, strange = 77;
	CK_KEY_TYPE aes = CKK_AES;
	CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof(class)},
				   {CKA_KEY_TYPE, &aes, sizeof(aes)},
				   {CKA_VALUE, "0123456789abcdef", 16},
				   {CKA_LABEL, "x", 1}};
	CK_OBJECT_HANDLE key;

	CHECK(!token_create_object(token, 1, template, 4, &key));
	CHECK(token_create_object(token, 1, template, 2, &key) ==
	      CKR_TEMPLATE_INCOMPLETE);
	CHECK(token_create_object(token, 1, template + 1, 2, &key) ==
	      CKR_TEMPLATE_INCOMPLETE);
	template[2].ulValueLen = 15;
	CHECK(token_create_object(token, 1, template, 3, &key) ==
	      CKR_ATTRIBUTE_VALUE_INVALID);
	template[2].ulValueLen = 16;
	template[3].type = 0x7777;
	CHECK(token_create_object(token, 1, template, 4, &key) ==
	      CKR_ATTRIBUTE_TYPE_INVALID);
	template[3] = (CK_ATTRIBUTE){CKA_LOCAL, &yes, 1};
	CHECK(token_create_object(token, 1, template, 4, &key) ==
	      CKR_ATTRIBUTE_READ_ONLY);
	template[3] = (CK_ATTRIBUTE){CKA_SIGN, "xx", 2};
	CHECK(token_create_object(token, 1, template, 4, &key) ==
	      CKR_ATTRIBUTE_VALUE_INVALID);
	template[3] = template[1];
	CHECK(token_create_object(token, 1, template, 4, &key) ==
	      CKR_TEMPLATE_INCONSISTENT);
	template[0].pValue = &strange;
	CHECK(token_create_object(token, 1, template, 3, &key) ==
	      CKR_ATTRIBUTE_VALUE_INVALID);
	token_end_session(token, 1);
}

static void a_session_ends_with_its_objects(void)
{
	size_t before = count_all();

	scene_ec(token, 256, false);
	CHECK(count_all() == before + 2);
	token_end_session(token, 2);
	CHECK(count_all() == before + 2);
	token_end_session(token, 1);
	CHECK(count_all() == before);
}

/* ---- Logins -------------------------------------------------------------- */

static void private_objects_hide_before_the_login(void)
{
	uint8_t out[512];
	size_t size, count = count_all();
	struct scene_pair pair;

	CHECK(!token_logout(token));
	CHECK(count_all() == count - 2);
	CHECK(scene_sign(token, CKM_ECDSA, ec.private, "x", 1, out, &size) ==
	      CKR_KEY_HANDLE_INVALID);
	CHECK(token_destroy_object(token, ec.private) ==
	      CKR_OBJECT_HANDLE_INVALID);
	CHECK(scene_try_ec(token, 256, true, &pair) == CKR_USER_NOT_LOGGED_IN);
	CHECK(!token_login(token, CKU_SO, SO_PIN, 8));
	CHECK(count_all() == count - 2);
	CHECK(token_login(token, CKU_USER, USER_PIN, 4) ==
	      CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
	CHECK(!token_logout(token));
	CHECK(!token_login(token, CKU_USER, USER_PIN, 4));
	CHECK(token_login(token, CKU_USER, USER_PIN, 4) ==
	      CKR_USER_ALREADY_LOGGED_IN);
	CHECK(count_all() == count);
}

static void pins_change_and_lock(void)
{
	struct key_token_info info;

	CHECK(!token_set_pin(token, USER_PIN, 4, "new one", 7));
	CHECK(token_set_pin(token, USER_PIN, 4, "other", 5) ==
	      CKR_PIN_INCORRECT);
	CHECK(token_set_pin(token, "new one", 7, "x", 1) == CKR_PIN_LEN_RANGE);
	token_logout(token);
	for (int i = 0; i < KEY_PIN_ATTEMPTS; i++)
		CHECK(token_login(token, CKU_USER, USER_PIN, 4) ==
		      CKR_PIN_INCORRECT);
	CHECK(token_login(token, CKU_USER, "new one", 7) == CKR_PIN_LOCKED);
	CHECK(!token_info(token, &info) && !info.user_attempts);
	CHECK(info.flags & CKF_USER_PIN_LOCKED);
	token_close(token);
	scene_need(token_open("main", &token), "open");
	CHECK(token_login(token, CKU_USER, "new one", 7) == CKR_PIN_LOCKED);
	CHECK(!token_login(token, CKU_SO, SO_PIN, 8));
	CHECK(!token_init_pin(token, USER_PIN, 4));
	CHECK(!token_logout(token));
	CHECK(!token_login(token, CKU_USER, USER_PIN, 4));
	CHECK(!token_info(token, &info) &&
	      info.user_attempts == KEY_PIN_ATTEMPTS);
}

static void a_backup_goes_to_its_target_only(void)
{
	struct token *from, *to;
	struct key_token_info info;
	uint8_t backup[KEY_CALL_SIZE], out[64];
	CK_MECHANISM mechanism = {CKM_ECDSA_SHA256, NULL, 0};
	CK_OBJECT_HANDLE restored;
	size_t size = sizeof(backup), out_size = sizeof(out);
	struct scene_pair pair;

	token_close(token); /* one at a time, for sanitizers */
	to = scene_token("target");
	CHECK(!token_info(to, &info));
	token_close(to);
	from = scene_token("source");
	CHECK(token_set_target(from, info.backup_key) ==
	      CKR_USER_NOT_LOGGED_IN);
	token_logout(from);
	CHECK(!token_login(from, CKU_SO, SO_PIN, 8));
	CHECK(!token_set_target(from, info.backup_key));
	token_logout(from);
	CHECK(!token_login(from, CKU_USER, USER_PIN, 4));
	pair = scene_ec(from, 256, true);
	CHECK(!token_backup(from, pair.private, backup, &size));
	CHECK(!token_operate(from, KEY_USE_SIGN, &mechanism, pair.private,
			     "text", 4, out, &out_size));
	token_logout(from);
	CHECK(!token_login(from, CKU_SO, SO_PIN, 8));
	CHECK(token_set_target(from, info.audit_key) == CKR_ACTION_PROHIBITED);
	token_close(from);
	token = scene_open("main");
	CHECK(token_restore(token, backup, size, &restored) ==
	      CKR_TOKEN_NOT_RECOGNIZED);
	CHECK(token_backup(token, ec.private, backup + 1, &size) ==
	      CKR_ACTION_PROHIBITED);
	token_close(token);
	token = scene_open("target");
	CHECK(!token_restore(token, backup, size, &restored));
	CHECK(!bool_of(restored, CKA_NEVER_EXTRACTABLE));
	CHECK(scene_works(token));
	backup[size - 1] ^= 1;
	CHECK(token_restore(token, backup, size, &restored) ==
	      CKR_TOKEN_NOT_RECOGNIZED);
	token_close(token);
	token = scene_open("main");
}

static void uses_are_chained_and_signed_for(void)
{
	struct key_audit_head before, after;
	uint8_t nonce[32] = {5}, out[512];
	size_t size;

	CHECK(!token_audit_head(token, nonce, &before));
	CHECK(!scene_sign(token, CKM_ECDSA, ec.private, "x", 1, out, &size));
	CHECK(!token_audit_head(token, nonce, &after));
	CHECK(after.sequence == before.sequence + 1);
	CHECK(!memcmp(after.nonce, nonce, 32));
	CHECK(memcmp(before.hash, after.hash, 32));
}

static void a_token_begins_anew_with_the_so_pin_only(void)
{
	uint8_t label[32];
	struct key_token_info info, again;

	memset(label, ' ', sizeof(label));
	CHECK(!token_info(token, &info));
	CHECK(token_init(token, "87654321", 8, label, KEY_ROUNDS_MIN, 0) ==
	      CKR_PIN_INCORRECT);
	CHECK(!token_init(token, SO_PIN, 8, label, KEY_ROUNDS_MIN,
			  KEY_INIT_NO_LOGIN));
	CHECK(!token_info(token, &again));
	CHECK(!memcmp(info.serial, again.serial, 16));
	CHECK(again.version == info.version + 1 && !again.object_count);
	CHECK(!(again.flags & CKF_LOGIN_REQUIRED));
	CHECK(!count_all());
	ec = scene_ec(token, 256, true); /* without any PIN */
	CHECK(scene_works(token));
}

int main(void)
{
	scene_begin();
	token = scene_token("main");
	rsa = scene_rsa(token, 2048, true);
	ec = scene_ec(token, 256, true);
	RUN(attributes_tell_the_truth);
	RUN(secrets_are_not_found_by_their_value);
	RUN(a_private_key_cannot_be_made_to_leave);
	RUN(wrapped_keys_come_back);
	RUN(both_sides_of_ecdh_agree);
	RUN(objects_of_all_classes_are_kept);
	RUN(bad_templates_are_refused);
	RUN(a_session_ends_with_its_objects);
	RUN(private_objects_hide_before_the_login);
	RUN(pins_change_and_lock);
	RUN(a_backup_goes_to_its_target_only);
	RUN(uses_are_chained_and_signed_for);
	RUN(a_token_begins_anew_with_the_so_pin_only);
	token_close(token);
	return TAP_END();
}
