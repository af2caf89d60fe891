/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a key's owner allows it: mechanisms, dates, operations; through token.h,
 * as test_token.c.
 */
#include <stdio.h>
#include <string.h>
#include "scene.h"
#include "test/tap.h"

static struct token *token;
static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static CK_RV try_limited(const CK_ATTRIBUTE *policy, CK_ULONG count,
			 CK_OBJECT_HANDLE *key)
{
	CK_ULONG size = 32;
	CK_MECHANISM generate = {CKM_GENERIC_SECRET_KEY_GEN, NULL, 0};
	CK_ATTRIBUTE template[8] = {{CKA_VALUE_LEN, &size, sizeof(size)},
				    {CKA_TOKEN, &yes, 1}};

	for (CK_ULONG i = 0; i < count; i++)
		template[2 + i] = policy[i];
	return token_generate_key(token, 1, &generate, template, count + 2,
				  key);
}

static CK_OBJECT_HANDLE limited(const CK_ATTRIBUTE *policy, CK_ULONG count)
{
	CK_OBJECT_HANDLE key = 0;

	CHECK(!try_limited(policy, count, &key));
	return key;
}

static void a_key_does_what_its_owner_allowed(void)
{
	CK_MECHANISM_TYPE mechanism = CKM_SHA256_HMAC;
	CK_ATTRIBUTE policy = {CKA_ALLOWED_MECHANISMS, &mechanism,
			       sizeof(mechanism)};
	CK_OBJECT_HANDLE key = limited(&policy, 1);
	uint8_t out[512];
	size_t size;

	CHECK(!scene_sign(token, CKM_SHA256_HMAC, key, "x", 1, out, &size));
	CHECK(scene_sign(token, CKM_SHA512_HMAC, key, "x", 1, out, &size) ==
	      CKR_MECHANISM_INVALID);
	CHECK(token_set_attributes(token, key, &policy, 1) == CKR_OK);
	mechanism = CKM_SHA512_HMAC;
	CHECK(token_set_attributes(token, key, &policy, 1) ==
	      CKR_ATTRIBUTE_READ_ONLY);
	policy = (CK_ATTRIBUTE){CKA_SIGN, &no, 1};
	CHECK(!token_set_attributes(token, key, &policy, 1));
	CHECK(scene_sign(token, CKM_SHA256_HMAC, key, "x", 1, out, &size) ==
	      CKR_KEY_FUNCTION_NOT_PERMITTED);
	policy = (CK_ATTRIBUTE){CKA_SIGN, &yes, 1};
	CHECK(token_set_attributes(token, key, &policy, 1) ==
	      CKR_ATTRIBUTE_READ_ONLY);
	CHECK(!token_destroy_object(token, key));
	policy = (CK_ATTRIBUTE){CKA_END_DATE, "20200101", 8};
	key = limited(&policy, 1);
	CHECK(scene_sign(token, CKM_SHA256_HMAC, key, "x", 1, out, &size) ==
	      CKR_KEY_FUNCTION_NOT_PERMITTED);
	CHECK(!token_destroy_object(token, key));
}

static void a_limit_in_total_ends_a_key(void)
{
	CK_ULONG most = 5;
	CK_ATTRIBUTE policy = {KEY_A_TOTAL, &most, sizeof(most)}, copy;
	CK_OBJECT_HANDLE key = limited(&policy, 1), other;
	uint8_t out[512];
	size_t size;

	CHECK(token_copy_object(token, 1, key, NULL, 0, &other) ==
	      CKR_ACTION_PROHIBITED);
	for (int i = 0; i < 3; i++)
		CHECK(!scene_sign(token, CKM_SHA256_HMAC, key, "x", 1, out,
				  &size));
	token_close(token);
	token = scene_open("main");
	for (int i = 0; i < 2; i++)
		CHECK(!scene_sign(token, CKM_SHA256_HMAC, key, "x", 1, out,
				  &size));
	CHECK(scene_sign(token, CKM_SHA256_HMAC, key, "x", 1, out, &size) ==
	      CKR_FUNCTION_REJECTED);
	most = 50;
	copy = policy;
	CHECK(token_set_attributes(token, key, &copy, 1) ==
	      CKR_ATTRIBUTE_READ_ONLY);
	CHECK(!token_destroy_object(token, key));
}

static void only_stored_keys_have_limits(void)
{
	CK_ULONG size = 32, most = 5;
	CK_MECHANISM generate = {CKM_GENERIC_SECRET_KEY_GEN, NULL, 0};
	CK_ATTRIBUTE template[] = {{CKA_VALUE_LEN, &size, sizeof(size)},
				   {KEY_A_TOTAL, &most, sizeof(most)}};
	CK_OBJECT_HANDLE key;

	CHECK(token_generate_key(token, 1, &generate, template, 2, &key) ==
	      CKR_TEMPLATE_INCONSISTENT);
}

static void a_limit_a_minute_holds(void)
{
	CK_ULONG most = 3;
	CK_ATTRIBUTE policy = {KEY_A_PER_MINUTE, &most, sizeof(most)};
	CK_OBJECT_HANDLE key = limited(&policy, 1);
	uint8_t out[512];
	size_t size;
	int done = 0;

	/* A new minute may begin in between, once. */
	for (int i = 0; i < 8; i++)
		done += !scene_sign(token, CKM_SHA256_HMAC, key, "x", 1, out,
				    &size);
	CHECK(done == 3 || done == 6);
	CHECK(!token_destroy_object(token, key));
}

static bool works(CK_OBJECT_HANDLE key)
{
	uint8_t out[SCENE_OUTPUT_SIZE];
	size_t size;

	return !scene_sign(token, CKM_SHA256_HMAC, key, "x", 1, out, &size);
}

static unsigned int count_uses(CK_OBJECT_HANDLE key)
{
	unsigned int count = 0;

	while (count < 1000 && works(key))
		count++;
	return count;
}

/* An unsigned key PAL has 16 counters, three of them its token's. */
static void destroyed_keys_leave_their_counters_to_others(void)
{
	CK_ULONG most = 3;
	CK_ATTRIBUTE policy = {KEY_A_TOTAL, &most, sizeof(most)};
	CK_OBJECT_HANDLE key;

	for (int i = 0; i < 40; i++) {
		most = 1 + (CK_ULONG)i % 3;
		key = limited(&policy, 1);
		CHECK(count_uses(key) == most);
		CHECK(!token_destroy_object(token, key));
	}
}

static void a_counter_that_was_another_s_counts_anew(void)
{
	CK_ULONG most = 12, minute = 6;
	CK_ATTRIBUTE policy[] = {{KEY_A_TOTAL, &most, sizeof(most)},
				 {KEY_A_PER_MINUTE, &minute, sizeof(minute)}};
	CK_OBJECT_HANDLE first, other, second;

	first = limited(policy, 2);
	other = limited(policy, 1);
	for (int i = 0; i < 5; i++)
		CHECK(works(first));
	CHECK(!token_destroy_object(token, first));
	second = limited(policy, 1);
	CHECK(count_uses(second) == 12);
	CHECK(!token_destroy_object(token, second));
	second = limited(policy + 1, 1);
	for (int i = 0; i < 6; i++)
		CHECK(works(second));
	CHECK(count_uses(other) == 12); /* which is its own business */
	CHECK(!token_destroy_object(token, second));
	CHECK(!token_destroy_object(token, other));
}

/* Real registers stay, and then nothing is lost. */
static void a_boot_costs_a_key_no_more_than_its_lease(void)
{
	CK_ULONG most = 50;
	CK_ATTRIBUTE policy = {KEY_A_TOTAL, &most, sizeof(most)};
	CK_OBJECT_HANDLE key = limited(&policy, 1);
	unsigned int done = 0;

	CHECK(!token_destroy_object(token, key));
	key = limited(&policy, 1); /* its counter does not begin at 1 */
	for (int i = 0; i < 7; i++)
		done += works(key);
	token_close(token);
	scene_boot();
	token = scene_open("main");
	done += count_uses(key);
	CHECK(done <= 50);
	CHECK(done >= 40);
	CHECK(!token_destroy_object(token, key));
}

/* The last test: it leaves no register for others. */
static void a_limited_key_is_made_only_if_it_can_be_counted(void)
{
	CK_ULONG most = 3;
	CK_ATTRIBUTE policy = {KEY_A_TOTAL, &most, sizeof(most)};
	CK_OBJECT_HANDLE key = 0;
	struct key_token_info before, after;
	uint8_t out[512];
	size_t size;
	CK_RV rv = CKR_OK;

	for (int i = 0; !rv && i < 500; i++) {
		CHECK(!token_info(token, &before));
		rv = try_limited(&policy, 1, &key);
		if (!rv)
			CHECK(!scene_sign(token, CKM_SHA256_HMAC, key, "x", 1,
					  out, &size));
	}
	CHECK(rv == CKR_DEVICE_MEMORY);
	CHECK(!token_info(token, &after));
	CHECK(after.object_count == before.object_count);
}

int main(void)
{
	scene_begin();
	token = scene_token("main");
	RUN(a_key_does_what_its_owner_allowed);
	RUN(a_limit_in_total_ends_a_key);
	RUN(only_stored_keys_have_limits);
	RUN(a_limit_a_minute_holds);
	RUN(destroyed_keys_leave_their_counters_to_others);
	RUN(a_counter_that_was_another_s_counts_anew);
	RUN(a_boot_costs_a_key_no_more_than_its_lease);
	RUN(a_limited_key_is_made_only_if_it_can_be_counted);
	token_close(token);
	return TAP_END();
}
