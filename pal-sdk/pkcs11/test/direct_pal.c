/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpal for tests: the key PAL's code is linked into the program, so that
 * sanitizers see it.  One PAL at a time, which forgets when it is closed.
 */
#include <stdlib.h>
#include <string.h>
#include "pal_host.h"
#include "pkcs11/key_protocol.h"

/* What PAL_FUNCTIONS() makes of key_call(). */
typedef long (*entry_function)(const void *in, size_t in_size, void *out,
			       size_t out_size);
extern const entry_function pal_entries[];

struct pal {
	int is_open;
};

int pal_call(struct pal *pal, unsigned int entry, const void *in,
	     size_t in_size, void *out, size_t out_capacity, size_t *out_size)
{
	/* Exactly as large as they are, so that a step outside is seen. */
	uint8_t *copy = malloc(in_size + 1);
	long result;

	(void)pal;
	memcpy(copy, in, in_size);
	result = pal_entries[entry](copy, in_size, out, out_capacity);
	free(copy);
	if (result < 0)
		return (int)result;
	*out_size = (size_t)result;
	return 0;
}

static void forget(void)
{
	struct key_request request = {.size = sizeof(request),
				      .operation = KEY_OP_FORGET};
	uint8_t out[64];
	size_t size;

	pal_call(NULL, 0, &request, sizeof(request), out, sizeof(out), &size);
}

int pal_open(const char *path, struct pal **out)
{
	(void)path;
	forget();
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : PAL_ENOMEM;
}

void pal_close(struct pal *pal)
{
	forget();
	free(pal);
}

size_t pal_arg_size(const struct pal *pal)
{
	(void)pal;
	return KEY_CALL_SIZE;
}

int pal_is_simulated(const struct pal *pal)
{
	(void)pal;
	return 1;
}

/* The vault here has no TPM. */
int pal_tpm_check(void)
{
	return PAL_ENOTPM;
}

int pal_tpm_carry(struct pal *pal, unsigned int entry)
{
	(void)pal, (void)entry;
	return PAL_ENOTPM;
}

const char *pal_error_text(void)
{
	return "it refuses";
}
