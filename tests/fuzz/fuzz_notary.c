/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The notary, called in any order with anything: headers, signature pages,
 * policies.  Input: calls, each an entry (1 byte), the size of its argument and
 * the number of bytes that follow for it (2 bytes each, low byte first); the
 * rest of the argument is zero.
 */
#include <psa/crypto.h>
#include <string.h>
#include "abi/notary.h"
#include "fuzz.h"
#include "pal.h"

struct input {
	const uint8_t *bytes;
	size_t size;
};

/* 0 behind the end. */
static unsigned int take(struct input *input, int count)
{
	unsigned int value = 0;

	for (int i = 0; i < count && input->size; i++) {
		value |= (unsigned int)*input->bytes << 8 * i;
		input->bytes++;
		input->size--;
	}
	return value;
}

static void call(struct input *input)
{
	static _Alignas(4096) uint8_t out[sizeof(struct notary_record)];
	unsigned int entry = take(input, 1) % 3;
	size_t size = take(input, 2), given = take(input, 2);
	uint8_t *in = aligned_alloc(4096, size / 4096 * 4096 + 4096);
	long result;

	memset(in, 0, size);
	if (given > size)
		given = size;
	if (given > input->size)
		given = input->size;
	memcpy(in, input->bytes, given);
	input->bytes += given;
	input->size -= given;
	result = pal_entries[entry](in, size, out, sizeof(out));
	free(in);
	REQUIRE(result >= NOTARY_ECRYPTO && result != NOTARY_ECRYPTO);
	REQUIRE(result <= 0 ||
		(entry == NOTARY_JUDGE && result == sizeof(out)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = {bytes, size};

	while (input.size)
		call(&input);
	return 0;
}
