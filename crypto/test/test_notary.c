/* SPDX-License-Identifier: BSD-2-Clause */
/* The notary's functions on the host, called as the hypervisor calls them. */
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>
#include "abi/notary.h"
#include "abi/policy.h"
#include "abi/service.h"
#include "notary_outside.h"
#include "pal.h"
#include "test/tap.h"
#include "tool/key.h"

/* Of the address sanitizer; gcc brings no header for it. */
size_t __sanitizer_get_current_allocated_bytes(void);

#define IMAGE_SIZE (PAL_IMAGE_HEADER_SIZE + 5 * 4096)

struct image {
	struct pal_image_header header;
	uint8_t pages[5 * 4096];
};

struct certified_policy {
	struct policy_header header;
	struct policy_authority authority;
};

static struct image image;
static uint8_t digest[48];
static struct key p256, p384, foreign;
static struct pal_signature none;
static struct notary_record record;

static void make_image(void)
{
	size_t size;

	image.header = (struct pal_image_header){
		.magic = PAL_IMAGE_MAGIC,
		.version = PAL_IMAGE_VERSION,
		.image_size = IMAGE_SIZE,
		.security_version = 9,
		.name = "subject",
	};
	for (size_t i = 0; i < sizeof(image.pages); i++)
		image.pages[i] = (uint8_t)(i * 7 + i / 256);
	psa_hash_compute(PSA_ALG_SHA_384, (uint8_t *)&image, IMAGE_SIZE, digest,
			 sizeof(digest), &size);
}

/* Input in memory of exactly its size, output on a page of its own. */
static long call(unsigned int entry, const void *in, size_t in_size)
{
	static _Alignas(4096) uint8_t out[NOTARY_ARG_SIZE];
	void *copy = aligned_alloc(4096, (in_size + 4095) / 4096 * 4096 + 4096);
	char *at = (char *)copy + ((in_size + 4095) / 4096 * 4096);
	long result;

	/* The end of the input at the end of the memory, but aligned. */
	at = in_size % 4096 ? copy : at - in_size;
	memcpy(at, in, in_size);
	result = pal_entries[entry](at, in_size, out, sizeof(out));
	if (result > 0)
		memcpy(&record, out, sizeof(record));
	free(copy);
	return result;
}

static long begin(const struct image *subject)
{
	return call(NOTARY_BEGIN, subject, PAL_IMAGE_HEADER_SIZE);
}

static long measure(const struct image *subject, size_t piece)
{
	long result = begin(subject);

	for (size_t at = 0; !result && at < sizeof(subject->pages);) {
		size_t left = sizeof(subject->pages) - at;
		size_t size = left < piece ? left : piece;

		result = call(NOTARY_MEASURE, subject->pages + at, size);
		at += size;
	}
	return result;
}

static long judge(const struct pal_signature *page, const void *policy,
		  size_t policy_size)
{
	char in[sizeof(*page) + POLICY_SIZE_MAX];

	memcpy(in, page, sizeof(*page));
	if (policy_size)
		memcpy(in + sizeof(*page), policy, policy_size);
	return call(NOTARY_JUDGE, in, sizeof(*page) + policy_size);
}

/* From BEGIN to JUDGE; 0 or the refusal. */
static long notarize(const struct image *subject,
		     const struct pal_signature *page, const void *policy,
		     size_t policy_size)
{
	long result = measure(subject, 16384);

	if (!result)
		result = judge(page, policy, policy_size);
	return result == sizeof(record) ? 0 : result;
}

static struct pal_signature signed_by(const struct key *key)
{
	struct pal_signature page;

	if (key_sign(key, digest, &page))
		abort();
	return page;
}

static struct certified_policy certified(const struct key *key)
{
	struct certified_policy policy = {
		.header = {.magic = POLICY_MAGIC,
			   .version = POLICY_VERSION,
			   .size = sizeof(policy),
			   .flags = POLICY_CERTIFIED,
			   .authority_count = 1},
		.authority = {.name = "owner"},
	};

	memcpy(policy.authority.signer, key->signer, 48);
	return policy;
}

static void the_measurement_is_sha384_in_any_pieces(void)
{
	static const size_t pieces[] = {1000, 4095, 4096, 4097, 16384, 65536};

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		memset(&record, 0x55, sizeof(record));
		CHECK(measure(&image, pieces[i]) == 0);
		CHECK(judge(&none, NULL, 0) == sizeof(record));
		CHECK(!memcmp(record.identity.measurement, digest, 48));
	}
	CHECK(!strcmp(record.identity.name, "subject"));
	CHECK(record.identity.security_version == 9);
	CHECK(record.identity.flags == 0 && record.identity.signer[0] == 0);
}

static void a_good_signature_names_its_signer(void)
{
	const struct key *keys[] = {&p256, &p384};

	for (int i = 0; i < 2; i++) {
		struct pal_signature page = signed_by(keys[i]);
		struct certified_policy policy = certified(keys[i]);

		CHECK(notarize(&image, &page, NULL, 0) == 0);
		CHECK(!memcmp(record.identity.signer, keys[i]->signer, 48));
		CHECK(record.identity.flags == 0);
		CHECK(notarize(&image, &page, &policy, sizeof(policy)) == 0);
		CHECK(record.identity.flags == PAL_IDENTITY_SIGNED);
	}
}

static void certified_refuses_the_unsigned_and_the_foreign(void)
{
	struct certified_policy policy = certified(&p384);
	struct pal_signature page = signed_by(&foreign);

	CHECK(notarize(&image, &none, &policy, sizeof(policy)) ==
	      NOTARY_EUNSIGNED);
	CHECK(notarize(&image, &page, &policy, sizeof(policy)) ==
	      NOTARY_EFOREIGN);
}

static void an_altered_image_is_refused_with_any_policy(void)
{
	struct certified_policy policy = certified(&p384);
	struct pal_signature page = signed_by(&p384);
	struct image altered = image;

	altered.pages[sizeof(altered.pages) - 1] ^= 1;
	CHECK(notarize(&altered, &page, &policy, sizeof(policy)) ==
	      NOTARY_EFORGED);
	CHECK(notarize(&altered, &page, NULL, 0) == NOTARY_EFORGED);
	altered = image;
	altered.header.security_version++;
	CHECK(notarize(&altered, &page, NULL, 0) == NOTARY_EFORGED);
}

static void another_header_is_judged_by_its_own_words(void)
{
	struct certified_policy policy = certified(&p384);
	struct image debug = image;

	policy.header.flags = 0;
	debug.header.flags = PAL_FLAG_DEBUG;
	CHECK(notarize(&debug, &none, &policy, sizeof(policy)) ==
	      NOTARY_EDEBUG);
	policy.header.flags = POLICY_ALLOW_DEBUG;
	CHECK(notarize(&debug, &none, &policy, sizeof(policy)) == 0);
	CHECK(record.identity.flags == PAL_IDENTITY_DEBUG);
	CHECK(notarize(&debug, &none, NULL, 0) == 0);
	policy.header.magic++;
	CHECK(notarize(&image, &none, &policy, sizeof(policy)) ==
	      NOTARY_EPOLICY);
}

static void each_changed_byte_of_a_page_is_refused(void)
{
	struct pal_signature page = signed_by(&p256);
	uint8_t *bytes = (uint8_t *)&page;

	for (size_t i = 0; i < sizeof(page); i++) {
		long status;

		/* The many zeros at the end: some of them will do. */
		if (i > 240 && i % 97 && i != sizeof(page) - 1)
			continue;
		bytes[i] ^= 1;
		status = notarize(&image, &page, NULL, 0);
		CHECK(status == NOTARY_ESIGNATURE || status == NOTARY_EFORGED);
		bytes[i] ^= 1;
	}
	CHECK(notarize(&image, &page, NULL, 0) == 0);
}

#define REFUSED(key, change, reason)                                           \
	do {                                                                   \
		struct pal_signature page = signed_by(key);                    \
                                                                               \
		change;                                                        \
		CHECK(notarize(&image, &page, NULL, 0) == (reason));           \
	} while (0)

static void each_malformed_signature_has_its_reason(void)
{
	REFUSED(&p256, page.magic++, NOTARY_ESIGNATURE);
	REFUSED(&p256, page.version = 2, NOTARY_ESIGNATURE);
	REFUSED(&p256, page.algorithm = 0, NOTARY_ESIGNATURE);
	REFUSED(&p256, page.algorithm = PAL_SIGNATURE_P384, NOTARY_ESIGNATURE);
	REFUSED(&p384, page.algorithm = PAL_SIGNATURE_P256, NOTARY_ESIGNATURE);
	REFUSED(&p384, page.algorithm = 3, NOTARY_ESIGNATURE);
	REFUSED(&p384, page.key_size = 0, NOTARY_ESIGNATURE);
	REFUSED(&p384, page.key_size = UINT32_MAX, NOTARY_ESIGNATURE);
	REFUSED(&p384, page.signature_size--, NOTARY_ESIGNATURE);
	REFUSED(&p384, page.signature_size = 4096, NOTARY_ESIGNATURE);
	REFUSED(&p384, page.key[0] = 2, NOTARY_ESIGNATURE);
	REFUSED(&p384, page.key[50] ^= 1, NOTARY_ESIGNATURE);
	REFUSED(&p256, memset(page.key + 1, 0, 64), NOTARY_ESIGNATURE);
	REFUSED(&p256, memset(page.key + 1, 0xff, 64), NOTARY_ESIGNATURE);
	REFUSED(&p256, memset(page.signature, 0, 64), NOTARY_EFORGED);
	REFUSED(&p256, memset(page.signature, 0xff, 64), NOTARY_EFORGED);
	REFUSED(&p384, memset(page.signature + 48, 0, 48), NOTARY_EFORGED);
	REFUSED(&p256, page.key[103] = 1, NOTARY_ESIGNATURE);
	REFUSED(&p256, page.zero[0] = 1, NOTARY_ESIGNATURE);
}

/* A key that made no signature, beside a signature that it did not make. */
static void a_signature_of_another_key_is_refused(void)
{
	struct pal_signature page = signed_by(&p384);
	struct pal_signature other = signed_by(&foreign);

	memcpy(page.key, other.key, sizeof(page.key));
	CHECK(notarize(&image, &page, NULL, 0) == NOTARY_EFORGED);
}

#define OUT_OF_ORDER(calls)                                                    \
	do {                                                                   \
		CHECK((calls) == NOTARY_ESEQUENCE);                            \
		CHECK(call(NOTARY_MEASURE, image.pages, 16) ==                 \
		      NOTARY_ESEQUENCE);                                       \
		CHECK(judge(&none, NULL, 0) == NOTARY_ESEQUENCE);              \
	} while (0)

static void calls_out_of_order_are_refused(void)
{
	struct image wrong = image;

	OUT_OF_ORDER(call(NOTARY_MEASURE, image.pages, 4096));
	OUT_OF_ORDER(judge(&none, NULL, 0));
	OUT_OF_ORDER(begin(&image) ?: judge(&none, NULL, 0));
	OUT_OF_ORDER(measure(&image, 65536)
			     ?: call(NOTARY_MEASURE, image.pages, 1));
	OUT_OF_ORDER(measure(&image, 65536)
			     ?: call(NOTARY_JUDGE, &none, sizeof(none) - 1));
	OUT_OF_ORDER(measure(&image, 65536) ?: call(NOTARY_JUDGE, &none, 0));
	OUT_OF_ORDER(call(NOTARY_BEGIN, &image, 0));
	OUT_OF_ORDER(call(NOTARY_BEGIN, &image, 4095));
	OUT_OF_ORDER(call(NOTARY_BEGIN, &image, 8192));
	wrong.header.magic++;
	OUT_OF_ORDER(begin(&wrong));
	wrong = image;
	wrong.header.image_size = 4095;
	OUT_OF_ORDER(begin(&wrong));
	wrong = image;
	memset(wrong.header.name, 'x', sizeof(wrong.header.name));
	OUT_OF_ORDER(begin(&wrong));
	wrong = image;
	wrong.header.image_size = UINT64_MAX;
	OUT_OF_ORDER(measure(&wrong, 65536) ?: judge(&none, NULL, 0));
	CHECK(notarize(&image, &none, NULL, 0) == 0);
	OUT_OF_ORDER(judge(&none, NULL, 0));
}

static void too_little_room_is_refused(void)
{
	_Alignas(8) uint8_t out[sizeof(record)];

	CHECK(measure(&image, 65536) == 0);
	CHECK(pal_entries[NOTARY_JUDGE](&none, sizeof(none), out,
					sizeof(out) - 1) == NOTARY_ESEQUENCE);
	CHECK(notarize(&image, &none, NULL, 0) == 0);
}

static void a_new_begin_forgets_what_was_before(void)
{
	struct image other = image;

	other.pages[0] ^= 1;
	CHECK(begin(&other) == 0);
	CHECK(call(NOTARY_MEASURE, other.pages, 5000) == 0);
	CHECK(notarize(&image, &none, NULL, 0) == 0);
	CHECK(!memcmp(record.identity.measurement, digest, 48));
}

static void a_peer_cannot_judge(void)
{
	const struct pal_identity peer = {.name = "peer"};

	CHECK(measure(&image, 65536) == 0);
	outside_caller = &peer;
	CHECK(begin(&image) == NOTARY_ESEQUENCE);
	CHECK(call(NOTARY_MEASURE, image.pages, 16) == NOTARY_ESEQUENCE);
	CHECK(judge(&none, NULL, 0) == NOTARY_ESEQUENCE);
	outside_caller = NULL;
	/* And has not disturbed who does. */
	CHECK(judge(&none, NULL, 0) == sizeof(record));
}

static void only_a_peer_is_served(void)
{
	for (unsigned int entry = NOTARY_SEAL; entry <= NOTARY_COUNTER_ADVANCE;
	     entry++)
		CHECK(call(entry, &image, 64) == NOTARY_ESEQUENCE);
}

/* One step of a caller that does not know the order. */
static long random_step(const struct pal_signature *page)
{
	static uint8_t noise[8192];

	for (int i = 0; i < 64; i++)
		noise[(size_t)rand() % sizeof(noise)] = (uint8_t)rand();
	switch (rand() % 6) {
	case 0:
		return begin(&image);
	case 1:
		return measure(&image, 1 + (size_t)rand() % 65536);
	case 2:
		return judge(page, NULL, 0);
	case 3:
		return judge(page, noise, (size_t)rand() % sizeof(noise));
	case 4:
		return judge((void *)noise, NULL, 0);
	default:
		return call((unsigned int)rand() % 3, noise,
			    (size_t)rand() % sizeof(noise));
	}
}

static void nothing_leaks_whatever_comes(void)
{
	struct pal_signature page = signed_by(&p256);
	size_t before = 0;

	srand(3);
	for (int round = 0; round < 3000; round++) {
		long result = random_step(&page);

		CHECK(result >= NOTARY_ECRYPTO && result != NOTARY_ECRYPTO &&
		      result <= (long)sizeof(record));
		if (round == 500)
			before = __sanitizer_get_current_allocated_bytes();
	}
	CHECK(__sanitizer_get_current_allocated_bytes() <= before);
}

int main(void)
{
	if (key_make(256, &p256) || key_make(384, &p384) ||
	    key_make(384, &foreign))
		return 1;
	make_image();
	RUN(the_measurement_is_sha384_in_any_pieces);
	RUN(a_good_signature_names_its_signer);
	RUN(certified_refuses_the_unsigned_and_the_foreign);
	RUN(an_altered_image_is_refused_with_any_policy);
	RUN(another_header_is_judged_by_its_own_words);
	RUN(each_changed_byte_of_a_page_is_refused);
	RUN(each_malformed_signature_has_its_reason);
	RUN(a_signature_of_another_key_is_refused);
	RUN(calls_out_of_order_are_refused);
	RUN(too_little_room_is_refused);
	RUN(a_new_begin_forgets_what_was_before);
	RUN(a_peer_cannot_judge);
	RUN(only_a_peer_is_served);
	RUN(nothing_leaks_whatever_comes);
	return TAP_END();
}
