/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chains and a root in a TPM, through carriers that lie.  Usage:
 * test_tpm SOCKET PLACE, where a software TPM listens on SOCKET and has the
 * root ROOT at PLACE, and two handles further once more, with a password.
 */
#include <psa/crypto.h>
#include <string.h>
#include <unistd.h>
#include "tpm/tpm_device.h"
#include "tpm/tpm_root.h"
#include "test/tap.h"
#include "tpm/chain.h"

#define INDEX 0x01500001
#define ROOT  "the root of this machine, bytes."

static const char *socket_path, *place_text;
static int device;
static uint32_t last_session; /* as the TPM itself named it */
static const struct tpm_chain chain = {INDEX, {1, 2, 3}};
static const uint8_t digest[TPM_DIGEST_SIZE] = "what it is extended by";

/* What a carrier does to the response of one command. */
struct lie {
	uint32_t command; /* TPM_CC_* */
	size_t bit; /* this one is flipped, */
	size_t cut; /* or the response ends here, */
	const uint8_t *instead; /* or this one is brought instead */
	size_t instead_size;
	size_t seen_size; /* how long the true one was */
	uint8_t seen[TPM_MESSAGE_MAX];
};

static size_t carry(const struct tpm_exchange *exchange,
		    const struct tpm_command *command, uint8_t *response,
		    struct lie *lie)
{
	uint32_t code = exchange->awaited;
	long got = tpm_device_send(device, command, response);
	size_t size = got < 0 ? 0 : (size_t)got;
	struct tpm_reader rest;
	uint32_t refused;

	if (code == TPM_CC_START_AUTH_SESSION &&
	    tpm_response_open(response, size, &rest, &refused))
		last_session = tpm_get_u32(&rest);
	if (!lie || lie->command != code)
		return size;
	lie->seen_size = size;
	memcpy(lie->seen, response, size);
	if (lie->instead) {
		memcpy(response, lie->instead, lie->instead_size);
		return lie->instead_size;
	}
	if (lie->bit)
		response[lie->bit / 8] ^= (uint8_t)(1u << lie->bit % 8);
	return lie->cut ? lie->cut : size;
}

static int begin(struct tpm_exchange *exchange, const struct tpm_chain *of,
		 enum tpm_chain_goal goal, struct tpm_command *command)
{
	switch (goal) {
	case TPM_CHAIN_DEFINE:
		return tpm_chain_define(exchange, of, NULL, 0, command);
	case TPM_CHAIN_READ:
		return tpm_chain_read(exchange, of, command);
	case TPM_CHAIN_EXTEND:
		return tpm_chain_extend(exchange, of, digest, command);
	}
	return TPM_ECRYPTO;
}

static int carry_all(struct tpm_exchange *exchange,
		     const struct tpm_chain *of, enum tpm_chain_goal goal,
		     struct lie *lie)
{
	uint8_t response[TPM_MESSAGE_MAX];
	struct tpm_command command;
	int status = begin(exchange, of, goal, &command);

	while (status == TPM_MORE) {
		size_t size = carry(exchange, &command, response, lie);

		status = tpm_chain_next(exchange, response, size, &command);
	}
	return status;
}

/* A session that was left behind would fill the TPM: it has room for few. */
static void forget_session(void)
{
	uint8_t response[TPM_MESSAGE_MAX];
	struct tpm_command command;

	tpm_command_begin(&command, TPM_ST_NO_SESSIONS, TPM_CC_FLUSH_CONTEXT);
	tpm_put_u32(&command, last_session);
	tpm_command_end(&command);
	tpm_device_send(device, &command, response);
}

struct value {
	uint8_t bytes[TPM_DIGEST_SIZE];
};

static bool is_value(const struct tpm_exchange *exchange,
		     const struct value *value)
{
	return !memcmp(exchange->value, value->bytes, sizeof(value->bytes));
}

static struct value value_of_chain(void)
{
	struct tpm_exchange exchange;
	struct value value;

	CHECK(carry_all(&exchange, &chain, TPM_CHAIN_READ, NULL) == TPM_DONE);
	memcpy(value.bytes, exchange.value, sizeof(value.bytes));
	return value;
}

static struct value extended(struct value before, const uint8_t *by)
{
	struct value after;

	CHECK(tpm_chain_value(before.bytes, by, after.bytes) == 0);
	return after;
}

static void a_chain_grows(void)
{
	const struct value zeros = {{0}};
	struct value now = extended(zeros, zeros.bytes);
	struct tpm_exchange exchange;

	CHECK(carry_all(&exchange, &chain, TPM_CHAIN_DEFINE, NULL) ==
	      TPM_DONE);
	CHECK(is_value(&exchange, &now));
	now = extended(now, digest);
	CHECK(carry_all(&exchange, &chain, TPM_CHAIN_EXTEND, NULL) ==
	      TPM_DONE);
	CHECK(is_value(&exchange, &now));
	now = value_of_chain();
	CHECK(is_value(&exchange, &now));
}

static void it_is_made_once(void)
{
	struct tpm_exchange exchange;

	CHECK(carry_all(&exchange, &chain, TPM_CHAIN_DEFINE, NULL) ==
	      TPM_ECODE);
	CHECK(exchange.code == 0x14c); /* TPM_RC_NV_DEFINED */
}

static void without_its_secret_nobody_reads_or_extends(void)
{
	const struct tpm_chain guess = {INDEX, {1, 2, 4}};
	struct tpm_exchange exchange;

	CHECK(carry_all(&exchange, &guess, TPM_CHAIN_READ, NULL) ==
	      TPM_ECODE);
	forget_session();
	CHECK(carry_all(&exchange, &guess, TPM_CHAIN_EXTEND, NULL) ==
	      TPM_ECODE);
	forget_session();
}

/* Some bits mean nothing; the value is never another for it. */
static void check_lie(struct lie *lie, const struct value *truth)
{
	struct tpm_exchange exchange;
	int status = carry_all(&exchange, &chain, TPM_CHAIN_READ, lie);

	if (status == TPM_DONE)
		CHECK(is_value(&exchange, truth));
	else
		forget_session();
}

static void check_lies_about(uint32_t command)
{
	struct lie honest = {.command = command};
	struct value truth = value_of_chain();
	size_t i;

	check_lie(&honest, &truth);
	CHECK(honest.seen_size > TPM_HEADER_SIZE);
	for (i = 1; i < 8 * honest.seen_size; i++) {
		struct lie lie = {.command = command, .bit = i};

		check_lie(&lie, &truth);
	}
	for (i = 1; i < honest.seen_size; i++) {
		struct lie lie = {.command = command, .cut = i};
		struct tpm_exchange exchange;

		CHECK(carry_all(&exchange, &chain, TPM_CHAIN_READ, &lie) ==
		      TPM_EFALSE);
		forget_session();
	}
}

static void a_response_with_a_flipped_bit_is_no_lie_that_works(void)
{
	check_lies_about(TPM_CC_NV_READ);
	check_lies_about(TPM_CC_START_AUTH_SESSION);
}

static void the_value_itself_cannot_be_changed(void)
{
	struct lie lie = {.command = TPM_CC_NV_READ, .bit = 8 * 23};
	struct tpm_exchange exchange;

	CHECK(carry_all(&exchange, &chain, TPM_CHAIN_READ, &lie) ==
	      TPM_EFALSE);
}

static void an_old_response_is_not_taken(void)
{
	struct lie old = {.command = TPM_CC_NV_READ};
	struct tpm_exchange exchange;
	struct lie lie = {.command = TPM_CC_NV_READ};

	CHECK(carry_all(&exchange, &chain, TPM_CHAIN_READ, &old) ==
	      TPM_DONE);
	CHECK(carry_all(&exchange, &chain, TPM_CHAIN_EXTEND, NULL) ==
	      TPM_DONE);
	lie.instead = old.seen;
	lie.instead_size = old.seen_size;
	CHECK(carry_all(&exchange, &chain, TPM_CHAIN_READ, &lie) ==
	      TPM_EFALSE);
}

static void extending_cannot_be_pretended(void)
{
	struct lie old = {.command = TPM_CC_NV_EXTEND};
	struct lie lie = {.command = TPM_CC_NV_EXTEND};
	struct tpm_exchange exchange;

	CHECK(carry_all(&exchange, &chain, TPM_CHAIN_EXTEND, &old) ==
	      TPM_DONE);
	lie.instead = old.seen;
	lie.instead_size = old.seen_size;
	CHECK(carry_all(&exchange, &chain, TPM_CHAIN_EXTEND, &lie) ==
	      TPM_EFALSE);
	forget_session();
}

static void an_unasked_response_is_refused(void)
{
	struct tpm_exchange exchange;
	struct tpm_command command;
	uint8_t response[] = {0x80, 0x01, 0, 0, 0, 10, 0, 0, 0, 0};

	memset(&exchange, 0, sizeof(exchange));
	CHECK(tpm_chain_next(&exchange, response, sizeof(response),
			       &command) == TPM_EFALSE);
	CHECK(tpm_chain_next(&exchange, response, 0, &command) ==
	      TPM_EFALSE);
}

static void the_root_comes_out_until_it_is_capped(void)
{
	struct tpm_root_place place;
	uint8_t root[TPM_ROOT_MAX];
	size_t size = 0;

	CHECK(tpm_root_parse(place_text, &place));
	CHECK(tpm_root_unseal(device, &place, root, &size) == 0);
	CHECK(size == strlen(ROOT) && !memcmp(root, ROOT, size));
	CHECK(tpm_root_unseal(device, &place, root, &size) == 0);
	CHECK(tpm_root_cap(device, &place) == 0);
	memset(root, 0, sizeof(root));
	CHECK(tpm_root_unseal(device, &place, root, &size) > 0);
	CHECK(root[0] == 0);
}

static void the_root_needs_the_right_place(void)
{
	struct tpm_root_place place, wrong;
	uint8_t root[TPM_ROOT_MAX];
	size_t size = 0;

	CHECK(tpm_root_parse(place_text, &place));
	wrong = place;
	wrong.pcrs ^= 1;
	CHECK(tpm_root_unseal(device, &wrong, root, &size) > 0);
	wrong = place;
	wrong.handle++;
	CHECK(tpm_root_unseal(device, &wrong, root, &size) > 0);
	CHECK(size == 0);
}

static void a_root_that_a_password_opens_is_refused(void)
{
	struct tpm_root_place place;
	uint8_t root[TPM_ROOT_MAX];
	size_t size = 0;
	long code;

	CHECK(tpm_root_parse(place_text, &place));
	place.handle += 2;
	code = tpm_root_unseal(device, &place, root, &size);
	CHECK(code > 0 && strstr(tpm_root_reason(code), "PCRs alone"));
	CHECK(size == 0);
}

static void a_place_is_a_handle_and_pcrs(void)
{
	struct tpm_root_place place = {1, 2};
	static const char *const bad[] = {
		"", "0x81000100", "0x81000100:", "0x81000100:24",
		"0x81000100:1,", "0x81000100:1,,2", "0x80000000:1",
		"0x82000000:1", "0x81000100:1x", "x:1", "0x81000100:-1",
		"0x81000100:1,16", "0x81000100:1,23", "0x81000100:17",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!tpm_root_parse(bad[i], &place));
	CHECK(place.handle == 1 && place.pcrs == 2);
	CHECK(tpm_root_parse("0x81000100:0,17", &place));
	CHECK(place.handle == 0x81000100 && place.pcrs == 0x20001);
}

static void a_device_that_is_none_is_an_error(void)
{
	CHECK(tpm_device_open("/nonexistent") < 0);
	CHECK(tpm_device_open("/") < 0);
	CHECK(tpm_device_open("/dev/null") >= 0);
}

int main(int argc, char **argv)
{
	if (argc != 3 || psa_crypto_init() != PSA_SUCCESS)
		return 2;
	socket_path = argv[1];
	place_text = argv[2];
	device = tpm_device_open(socket_path);
	if (device < 0)
		return 2;
	RUN(a_chain_grows);
	RUN(it_is_made_once);
	RUN(without_its_secret_nobody_reads_or_extends);
	RUN(a_response_with_a_flipped_bit_is_no_lie_that_works);
	RUN(the_value_itself_cannot_be_changed);
	RUN(an_old_response_is_not_taken);
	RUN(extending_cannot_be_pretended);
	RUN(an_unasked_response_is_refused);
	RUN(the_root_needs_the_right_place);
	RUN(a_root_that_a_password_opens_is_refused);
	RUN(the_root_comes_out_until_it_is_capped);
	RUN(a_place_is_a_handle_and_pcrs);
	RUN(a_device_that_is_none_is_an_error);
	close(device);
	return TAP_END();
}
