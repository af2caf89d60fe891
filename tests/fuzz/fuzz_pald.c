/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What clients of pald, pald itself, and its administrator write.  The first
 * byte chooses: messages as pald and a client read them, or pald.conf.
 */
#include <string.h>
#include "fuzz.h"
#include "host/pald_protocol.h"
#include "pald/config.h"

static void read_payload(uint16_t type, const uint8_t *payload, size_t size)
{
	char name[PALD_NAME_MAX + 1] = "";
	uint8_t again[PALD_OPENED_SIZE];
	struct pald_opened opened;
	struct pald_call call;
	uint32_t handle;

	if (type == PALD_OPEN && !wire_read_name(payload, size, name))
		REQUIRE(*name && *name != '.' && !strchr(name, '/'));
	if (type == PALD_CALL && !wire_read_call(payload, size, &call)) {
		REQUIRE(call.capacity <= PALD_PAYLOAD_MAX);
		wire_write_call(again, &call);
		REQUIRE(!memcmp(again, payload, PALD_CALL_SIZE));
	}
	if (type == PALD_CLOSE)
		wire_read_close(payload, size, &handle);
	if (type == (PALD_ANSWER | PALD_OPEN) &&
	    !wire_read_opened(payload, size, &opened)) {
		REQUIRE(opened.arg_size <= PALD_PAYLOAD_MAX);
		wire_write_opened(again, &opened);
		REQUIRE(!memcmp(again, payload, 12));
	}
}

static void read_messages(const uint8_t *bytes, size_t size, int are_answers)
{
	while (size >= PALD_HEADER_SIZE) {
		uint8_t again[PALD_HEADER_SIZE];
		struct pald_header header;

		if (are_answers ? wire_read_answer(bytes, &header)
				: wire_read_request(bytes, &header)) {
			REQUIRE(!header.size && !header.type);
			return;
		}
		REQUIRE(header.size <= PALD_PAYLOAD_MAX);
		wire_write_header(again, &header);
		REQUIRE(!memcmp(again, bytes, sizeof(again)));
		bytes += PALD_HEADER_SIZE;
		size -= PALD_HEADER_SIZE;
		if (header.size > size)
			return;
		read_payload(header.type, bytes, header.size);
		bytes += header.size;
		size -= header.size;
	}
}

static bool find(void *context, enum config_who who, const char *name,
		 uint32_t *id)
{
	(void)context;
	*id = (uint32_t)who;
	return name[0] != '-';
}

static void read_config(const char *text, size_t size)
{
	static const struct config_names names = {find, NULL};
	static const uint32_t groups[] = {3, 33};
	const struct config_peer peer = {1, 2, groups, 2};
	struct config_error error = {0};
	struct config config;

	if (!config_read(text, size, &names, &config, &error)) {
		REQUIRE(config.memory && config.milliseconds);
		REQUIRE(config.pal_count && config.connection_count);
		REQUIRE(!config_allows(&config, &peer, "x") ||
			config_knows(&config, &peer));
		return;
	}
	REQUIRE(error.line && error.column && error.column <= size + 1);
	REQUIRE(memchr(error.text, '\0', sizeof(error.text)) && *error.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (!size)
		return 0;
	if (bytes[0] & 2)
		read_config((const char *)bytes + 1, size - 1);
	else
		read_messages(bytes + 1, size - 1, bytes[0] & 1);
	return 0;
}
