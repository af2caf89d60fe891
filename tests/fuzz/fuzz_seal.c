/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests to the notary's services.  Input: the number of the request (1
 * byte), then the request.  For one number more, the bytes are laid over a good
 * blob, which must open then if and only if they are all zero.
 */
#include <stdatomic.h>
#include <string.h>
#include "abi/service.h"
#include "fuzz.h"
#include "notary/service.h"
#include "pal_seal.h"

#define SECRET_SIZE 64
#define BLOB_SIZE   PAL_SEAL_BLOB_SIZE(SECRET_SIZE)
#define ROOM	    40000

static struct register_table counters;
static struct service service = {.counters = &counters};
static const struct pal_identity pal = {
	.signer = {1},
	.name = "fuzz",
	.security_version = 3,
};

static int fill(void *to, size_t size)
{
	memset(to, 7, size);
	return 0;
}

static void start(void)
{
	const struct hv_root root = {.kind = HV_ROOT_FILE, .size = 32};

	if (!service.seal.root.size)
		REQUIRE(!seal_start(&service.seal, &root, fill));
}

static void ask(unsigned int entry, const uint8_t *bytes, size_t size)
{
	static uint8_t out[ROOM];
	const struct service_caller caller = {&pal, size % REGISTER_WRITERS};
	long result = service_answer(&service, caller, entry,
				     (struct seal_bytes){bytes, size}, out,
				     sizeof(out));

	REQUIRE(result <= (long)sizeof(out));
	REQUIRE(result >= NOTARY_ESERVICE && result != NOTARY_ESERVICE);
	REQUIRE(entry != NOTARY_UNSEAL || result < 0);
}

static void change_blob(const uint8_t *bytes, size_t size)
{
	uint8_t blob[BLOB_SIZE], secret[SECRET_SIZE] = "secret";
	bool is_changed = false;
	long result;

	REQUIRE(seal_make(&service.seal, &pal, PAL_SEAL_TO_SIGNER,
			  (struct seal_bytes){0},
			  (struct seal_bytes){secret, sizeof(secret)}, blob,
			  sizeof(blob)) == BLOB_SIZE);
	for (size_t i = 0; i < size && i < sizeof(blob); i++) {
		blob[i] ^= bytes[i];
		is_changed |= bytes[i] != 0;
	}
	result = seal_open(&service.seal, &pal, (struct seal_bytes){0},
			   (struct seal_bytes){blob, sizeof(blob)}, secret,
			   sizeof(secret));
	REQUIRE(is_changed ? result < 0 : result == SECRET_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	start();
	if (!size)
		return 0;
	if (bytes[0] % 6 == 5)
		change_blob(bytes + 1, size - 1);
	else
		ask(NOTARY_SEAL + bytes[0] % 6, bytes + 1, size - 1);
	return 0;
}
