/* SPDX-License-Identifier: BSD-2-Clause */
/* DER, as far as the keys of vectors need it. */
#include "token_der.h"
#include <string.h>
#include "vectors.h"

void token_der_add(struct bytes *to, uint8_t tag, const void *contents,
		    size_t size)
{
	uint8_t *at = to->at + to->size;
	size_t head = size < 128 ? 2 : 4;

	at[0] = tag;
	at[1] = size < 128 ? (uint8_t)size : 0x82;
	if (size >= 128) {
		at[2] = (uint8_t)(size >> 8);
		at[3] = (uint8_t)size;
	}
	memcpy(at + head, contents, size);
	to->size += head + size;
}

struct bytes token_der_take(struct bytes *from)
{
	struct bytes none = {NULL, 0}, in = {from->at + 2, 0};

	if (from->size < 4)
		return none;
	in.size = from->at[1];
	if (in.size == 0x81 || in.size == 0x82) {
		in.at += in.size - 0x80;
		in.size = in.size == 0x81 ? from->at[2] :
					    from->at[2] * 256U + from->at[3];
	}
	if (in.size > from->size - (size_t)(in.at - from->at))
		return none;
	from->size -= (size_t)(in.at - from->at) + in.size;
	from->at = in.at + in.size;
	return in;
}

struct bytes token_der_curve(size_t scalar_size)
{
	static uint8_t p256[] = {6,    8,    0x2a, 0x86, 0x48,
				 0xce, 0x3d, 3,	   1,	 7};
	static uint8_t p384[] = {6, 5, 0x2b, 0x81, 4, 0, 34};
	static uint8_t p521[] = {6, 5, 0x2b, 0x81, 4, 0, 35};

	if (scalar_size == 32)
		return (struct bytes){p256, sizeof(p256)};
	if (scalar_size == 48)
		return (struct bytes){p384, sizeof(p384)};
	return (struct bytes){p521, sizeof(p521)};
}

/* The ECPrivateKey of RFC 5915 with nothing but the scalar. */
static void add_scalar(struct bytes *to, struct bytes scalar)
{
	uint8_t room[128] = {2, 1, 1}, whole_room[128];
	struct bytes inside = {room, 3}, whole = {whole_room, 0};

	token_der_add(&inside, 4, scalar.at, scalar.size);
	token_der_add(&whole, 0x30, inside.at, inside.size);
	token_der_add(to, 4, whole.at, whole.size);
}

struct bytes token_der_pkcs8(struct bytes key, bool is_rsa)
{
	static const uint8_t rsa[] = {6,    9, 0x2a, 0x86, 0x48, 0x86, 0xf7,
				      0x0d, 1, 1,    1,	   5,	 0};
	static const uint8_t ec[] = {6,	   7,	 0x2a, 0x86, 0x48,
				     0xce, 0x3d, 2,    1};
	static uint8_t inside_room[VECTOR_MAX_SIZE + 64];
	static uint8_t whole_room[VECTOR_MAX_SIZE + 64];
	struct bytes inside = {inside_room, 3}, whole = {whole_room, 0};
	struct bytes curve = token_der_curve(key.size);
	uint8_t kind[32];

	memcpy(inside.at, "\2\1\0", 3);
	if (is_rsa) {
		token_der_add(&inside, 0x30, rsa, sizeof(rsa));
		token_der_add(&inside, 4, key.at, key.size);
	} else {
		memcpy(kind, ec, sizeof(ec));
		memcpy(kind + sizeof(ec), curve.at, curve.size);
		token_der_add(&inside, 0x30, kind, sizeof(ec) + curve.size);
		add_scalar(&inside, key);
	}
	token_der_add(&whole, 0x30, inside.at, inside.size);
	return whole;
}
