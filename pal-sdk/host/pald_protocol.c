/* SPDX-License-Identifier: BSD-2-Clause */
/* Headers and payloads as bytes. */
#include "pald_protocol.h"
#include <ctype.h>
#include <string.h>

static uint16_t get16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

uint32_t wire_get32(const uint8_t *bytes)
{
	return get16(bytes) | (uint32_t)get16(bytes + 2) << 16;
}

static uint64_t get64(const uint8_t *bytes)
{
	return wire_get32(bytes) | (uint64_t)wire_get32(bytes + 4) << 32;
}

static void put16(uint8_t *bytes, uint16_t value)
{
	bytes[0] = (uint8_t)value;
	bytes[1] = (uint8_t)(value >> 8);
}

void wire_put32(uint8_t *bytes, uint32_t value)
{
	put16(bytes, (uint16_t)value);
	put16(bytes + 2, (uint16_t)(value >> 16));
}

void wire_write_header(uint8_t *bytes, const struct pald_header *header)
{
	wire_put32(bytes, PALD_MAGIC);
	put16(bytes + 4, PALD_VERSION);
	put16(bytes + 6, header->type);
	wire_put32(bytes + 8, (uint32_t)header->id);
	wire_put32(bytes + 12, (uint32_t)(header->id >> 32));
	wire_put32(bytes + 16, header->size);
	wire_put32(bytes + 20, (uint32_t)header->status);
}

static const char *read_header(const uint8_t *bytes, struct pald_header *header)
{
	*header = (struct pald_header){0};
	if (wire_get32(bytes) != PALD_MAGIC)
		return "this is not the protocol of pald: wrong magic";
	if (get16(bytes + 4) != PALD_VERSION)
		return "this version of the protocol is not known here, only 1";
	header->id = get64(bytes + 8);
	if (wire_get32(bytes + 16) > PALD_PAYLOAD_MAX)
		return "the payload is larger than 2097152 bytes";
	header->type = get16(bytes + 6);
	header->size = wire_get32(bytes + 16);
	header->status = (int32_t)wire_get32(bytes + 20);
	return NULL;
}

const char *wire_read_request(const uint8_t *bytes, struct pald_header *header)
{
	const char *wrong = read_header(bytes, header);

	if (!wrong && (header->type < PALD_OPEN || header->type > PALD_INFO))
		wrong = "there is no request of this type";
	if (!wrong && header->status)
		wrong = "the status of a request is not zero";
	if (wrong)
		*header = (struct pald_header){.id = header->id};
	return wrong;
}

const char *wire_read_answer(const uint8_t *bytes, struct pald_header *header)
{
	const char *wrong = read_header(bytes, header);

	if (!wrong && (header->type < PALD_ANSWER ||
		       header->type > (PALD_ANSWER | PALD_INFO)))
		wrong = "this is not an answer";
	if (!wrong && header->status > 0)
		wrong = "the status of an answer is positive";
	if (!wrong && header->type == PALD_ANSWER && !header->status)
		wrong = "a refusal has no reason";
	if (!wrong && header->status && header->size > PALD_TEXT_MAX)
		wrong = "the text of an error is too long";
	if (wrong)
		*header = (struct pald_header){.id = header->id};
	return wrong;
}

const char *wire_judge_name(const char *name)
{
	size_t size = strlen(name);

	if (!size || size > PALD_NAME_MAX)
		return "a block's name has 1 to 64 characters";
	if (name[0] == '.')
		return "a block's name does not begin with a dot";
	for (size_t i = 0; i < size; i++)
		if (!strchr("-_.", name[i]) &&
		    (!isascii(name[i]) || !isalnum((unsigned char)name[i])))
			return "a block's name has letters, digits, - _ and . "
			       "only";
	return NULL;
}

const char *wire_read_name(const uint8_t *payload, size_t size,
			   char name[PALD_NAME_MAX + 1])
{
	char copy[PALD_NAME_MAX + 1] = "";
	const char *wrong;

	if (size > PALD_NAME_MAX)
		return "a block's name has 1 to 64 characters";
	if (size)
		memcpy(copy, payload, size);
	if (strlen(copy) != size)
		return "a block's name has no zero byte";
	wrong = wire_judge_name(copy);
	if (!wrong)
		memcpy(name, copy, sizeof(copy));
	return wrong;
}

const char *wire_read_call(const uint8_t *payload, size_t size,
			   struct pald_call *call)
{
	if (size < PALD_CALL_SIZE)
		return "a call's payload has 16 bytes at least";
	if (wire_get32(payload + 12))
		return "the reserved field of a call is not zero";
	if (wire_get32(payload + 8) > PALD_PAYLOAD_MAX)
		return "room for more than 2097152 bytes of output is wanted";
	call->handle = wire_get32(payload);
	call->entry = wire_get32(payload + 4);
	call->capacity = wire_get32(payload + 8);
	return NULL;
}

void wire_write_call(uint8_t *payload, const struct pald_call *call)
{
	wire_put32(payload, call->handle);
	wire_put32(payload + 4, call->entry);
	wire_put32(payload + 8, call->capacity);
	wire_put32(payload + 12, 0);
}

const char *wire_read_close(const uint8_t *payload, size_t size,
			    uint32_t *handle)
{
	if (size != PALD_CLOSE_SIZE)
		return "the payload of a close is 4 bytes, the handle";
	*handle = wire_get32(payload);
	return NULL;
}

const char *wire_read_opened(const uint8_t *payload, size_t size,
			     struct pald_opened *opened)
{
	if (size != PALD_OPENED_SIZE)
		return "the payload of this answer is not 16 bytes";
	if (wire_get32(payload + 4) > PALD_PAYLOAD_MAX)
		return "no PAL has arguments of this size";
	opened->handle = wire_get32(payload);
	opened->arg_size = wire_get32(payload + 4);
	opened->flags = wire_get32(payload + 8);
	return NULL;
}

void wire_write_opened(uint8_t *payload, const struct pald_opened *opened)
{
	wire_put32(payload, opened->handle);
	wire_put32(payload + 4, opened->arg_size);
	wire_put32(payload + 8, opened->flags);
	wire_put32(payload + 12, 0);
}
