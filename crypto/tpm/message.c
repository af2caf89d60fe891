/* SPDX-License-Identifier: BSD-2-Clause */
/* Putting commands together, taking responses apart. */
#include "message.h"
#include <string.h>

/* Part 2, 6.6.3 */
#define RC_YIELDED 0x908
#define RC_TESTING 0x90a
#define RC_NV_RATE 0x920
#define RC_RETRY   0x922

void tpm_put_bytes(struct tpm_command *command, const void *bytes, size_t size)
{
	if (command->failed || size > sizeof(command->bytes) - command->size) {
		command->failed = true;
		return;
	}
	if (size)
		memcpy(command->bytes + command->size, bytes, size);
	command->size += size;
}

void tpm_put_u8(struct tpm_command *command, uint8_t value)
{
	tpm_put_bytes(command, &value, 1);
}

void tpm_put_u16(struct tpm_command *command, uint16_t value)
{
	tpm_put_u8(command, (uint8_t)(value >> 8));
	tpm_put_u8(command, (uint8_t)value);
}

void tpm_put_u32(struct tpm_command *command, uint32_t value)
{
	tpm_put_u16(command, (uint16_t)(value >> 16));
	tpm_put_u16(command, (uint16_t)value);
}

void tpm_put_sized(struct tpm_command *command, const void *bytes, size_t size)
{
	if (size > UINT16_MAX) {
		command->failed = true;
		return;
	}
	tpm_put_u16(command, (uint16_t)size);
	tpm_put_bytes(command, bytes, size);
}

void tpm_command_begin(struct tpm_command *command, uint16_t tag, uint32_t code)
{
	command->size = 0;
	command->failed = false;
	tpm_put_u16(command, tag);
	tpm_put_u32(command, 0); /* its size: tpm_command_end() */
	tpm_put_u32(command, code);
}

void tpm_command_end(struct tpm_command *command)
{
	size_t size = command->size;

	command->size = 2;
	tpm_put_u32(command, (uint32_t)size);
	command->size = size;
}

void tpm_put_password(struct tpm_command *command, const void *password,
		      size_t size)
{
	tpm_put_u32(command, (uint32_t)(9 + size));
	tpm_put_u32(command, TPM_RS_PW);
	tpm_put_sized(command, NULL, 0); /* no nonce */
	tpm_put_u8(command, 0);
	tpm_put_sized(command, password, size);
}

const uint8_t *tpm_get_bytes(struct tpm_reader *reader, size_t size)
{
	const uint8_t *bytes = reader->bytes;

	if (reader->failed || size > reader->size) {
		reader->failed = true;
		return NULL;
	}
	reader->bytes += size;
	reader->size -= size;
	return bytes;
}

static uint64_t get_number(struct tpm_reader *reader, size_t size)
{
	const uint8_t *bytes = tpm_get_bytes(reader, size);
	uint64_t value = 0;

	for (size_t i = 0; bytes && i < size; i++)
		value = value << 8 | bytes[i];
	return value;
}

uint8_t tpm_get_u8(struct tpm_reader *reader)
{
	return (uint8_t)get_number(reader, 1);
}

uint16_t tpm_get_u16(struct tpm_reader *reader)
{
	return (uint16_t)get_number(reader, 2);
}

uint32_t tpm_get_u32(struct tpm_reader *reader)
{
	return (uint32_t)get_number(reader, 4);
}

uint64_t tpm_get_u64(struct tpm_reader *reader)
{
	return get_number(reader, 8);
}

const uint8_t *tpm_get_sized(struct tpm_reader *reader, size_t most,
			     size_t *size)
{
	*size = tpm_get_u16(reader);
	if (*size > most)
		reader->failed = true;
	return tpm_get_bytes(reader, *size);
}

bool tpm_response_open(const void *bytes, size_t size, struct tpm_reader *rest,
		       uint32_t *code)
{
	struct tpm_reader header = {.bytes = bytes, .size = size};
	uint16_t tag = tpm_get_u16(&header);
	uint32_t claimed = tpm_get_u32(&header);

	*code = tpm_get_u32(&header);
	*rest = header;
	return !header.failed && claimed == size &&
	       (tag == TPM_ST_NO_SESSIONS || tag == TPM_ST_SESSIONS);
}

bool tpm_response_is_not_now(const void *bytes, size_t size)
{
	struct tpm_reader rest;
	uint32_t code;

	return tpm_response_open(bytes, size, &rest, &code) &&
	       (code == RC_RETRY || code == RC_YIELDED || code == RC_TESTING ||
		code == RC_NV_RATE);
}
