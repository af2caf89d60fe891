/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of the protocol: pinned, and refused when they make no sense. */
#include "host/pald_protocol.h"
#include <string.h>
#include "tap.h"

static void a_header_has_these_bytes(void)
{
	static const uint8_t wanted[PALD_HEADER_SIZE] = {
		'P', 'A', 'L', 'D', 1, 0, 2, 0x80, 8, 7, 6, 5, 4, 3, 2, 1,
		0, 1, 0, 0, 0xfb, 0xff, 0xff, 0xff,
	};
	const struct pald_header header = {
		.type = PALD_CALL | PALD_ANSWER,
		.id = 0x0102030405060708,
		.size = 256,
		.status = -5,
	};
	struct pald_header again;
	uint8_t bytes[PALD_HEADER_SIZE];

	wire_write_header(bytes, &header);
	CHECK(!memcmp(bytes, wanted, sizeof(bytes)));
	CHECK(!wire_read_answer(bytes, &again));
	CHECK(again.type == header.type && again.id == header.id &&
	      again.size == header.size && again.status == header.status);
}

static const char *judge(struct pald_header header, size_t at, uint8_t change,
			 uint64_t *id)
{
	uint8_t bytes[PALD_HEADER_SIZE];
	const char *wrong;

	wire_write_header(bytes, &header);
	bytes[at] ^= change;
	wrong = header.type & PALD_ANSWER ? wire_read_answer(bytes, &header)
					  : wire_read_request(bytes, &header);
	*id = header.id;
	return wrong;
}

static void wrong_headers_are_refused(void)
{
	const struct pald_header request = {.type = PALD_OPEN, .id = 9};
	const struct pald_header answer = {
		.type = PALD_OPEN | PALD_ANSWER, .id = 9};
	const struct pald_header large = {
		.type = PALD_CALL, .id = 9, .size = PALD_PAYLOAD_MAX};
	const struct pald_header refusal = {.type = PALD_ANSWER, .status = -1};
	uint64_t id;

	CHECK(!judge(request, 0, 0, &id) && id == 9);
	CHECK(!judge(answer, 0, 0, &id) && !judge(large, 0, 0, &id));
	CHECK(!judge(refusal, 0, 0, &id));
	CHECK(judge(request, 3, 1, &id)); /* magic */
	CHECK(judge(request, 5, 1, &id)); /* version */
	CHECK(judge(request, 6, 8, &id) && id == 9); /* type */
	CHECK(judge(request, 6, 1, &id)); /* type 0 */
	CHECK(judge(request, 7, 0x80, &id)); /* an answer */
	CHECK(judge(large, 16, 1, &id) && id == 9); /* size */
	CHECK(judge(request, 20, 1, &id)); /* status */
	CHECK(judge(answer, 7, 0x80, &id)); /* no answer */
	CHECK(judge(answer, 20, 1, &id)); /* positive status */
	CHECK(judge(refusal, 23, 0x80, &id)); /* positive status */
}

static void names_stay_in_their_directory(void)
{
	char name[PALD_NAME_MAX + 2];

	CHECK(!wire_judge_name("sign") && !wire_judge_name("a-B_2.x"));
	CHECK(wire_judge_name("") && wire_judge_name(".."));
	CHECK(wire_judge_name(".x") && wire_judge_name("a/b"));
	CHECK(wire_judge_name("a b") && wire_judge_name("\xc3\xa4"));
	memset(name, 'x', sizeof(name));
	name[PALD_NAME_MAX] = '\0';
	CHECK(!wire_judge_name(name));
	name[PALD_NAME_MAX] = 'x', name[PALD_NAME_MAX + 1] = '\0';
	CHECK(wire_judge_name(name));
	CHECK(!wire_read_name((const uint8_t *)"sign", 4, name));
	CHECK(!strcmp(name, "sign"));
	CHECK(wire_read_name((const uint8_t *)"hello\0x", 7, name));
	CHECK(wire_read_name(NULL, 0, name) && !strcmp(name, "sign"));
}

static void payloads_of_wrong_size_are_refused(void)
{
	struct pald_call call = {1, 2, PALD_PAYLOAD_MAX}, got;
	struct pald_opened opened = {3, 4096, PALD_IS_DEBUG}, got_opened;
	uint8_t bytes[PALD_CALL_SIZE];
	uint32_t handle;

	wire_write_call(bytes, &call);
	CHECK(!wire_read_call(bytes, sizeof(bytes), &got));
	CHECK(got.handle == 1 && got.entry == 2 &&
	      got.capacity == PALD_PAYLOAD_MAX);
	CHECK(wire_read_call(bytes, sizeof(bytes) - 1, &got));
	bytes[12] = 1;
	CHECK(wire_read_call(bytes, sizeof(bytes), &got));
	call.capacity++;
	wire_write_call(bytes, &call);
	CHECK(wire_read_call(bytes, sizeof(bytes), &got));
	wire_write_opened(bytes, &opened);
	CHECK(!wire_read_opened(bytes, sizeof(bytes), &got_opened));
	CHECK(got_opened.handle == 3 && got_opened.arg_size == 4096 &&
	      got_opened.flags == PALD_IS_DEBUG);
	CHECK(wire_read_opened(bytes, sizeof(bytes) - 1, &got_opened));
	CHECK(!wire_read_close(bytes, 4, &handle) && handle == 3);
	CHECK(wire_read_close(bytes, 3, &handle));
	CHECK(wire_read_close(bytes, 5, &handle));
}

int main(void)
{
	RUN(a_header_has_these_bytes);
	RUN(wrong_headers_are_refused);
	RUN(names_stay_in_their_directory);
	RUN(payloads_of_wrong_size_are_refused);
	return TAP_END();
}
