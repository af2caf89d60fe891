/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that people give to `pal sign`.  Input: a key in PEM or DER; also taken
 * as a signature in DER by keys of both curves.
 */
#include <string.h>
#include "fuzz.h"
#include "notary/signature.h"
#include "tool/key.h"

static void take_signature(size_t bits, const uint8_t *bytes, size_t size)
{
	struct key key = {.bits = bits, .public_size = bits / 4 + 1};
	struct pal_signature page;

	key.public_key[0] = 4;
	if (!key_wrap_signature(&key, bytes, size, &page))
		REQUIRE(signature_check_form(&page) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct key key;

	take_signature(256, bytes, size);
	take_signature(384, bytes, size);
	if (key_parse(bytes, size, &key))
		return 0;
	REQUIRE(key.bits == 256 || key.bits == 384);
	REQUIRE(key.public_size == key.bits / 4 + 1);
	key_close(&key);
	return 0;
}
