/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/error.h"
#include "host/file.h"
#include "key.h"
#include "notary/policy.h"
#include "pal_host.h"
#include "policy_text.h"

#define PATH_SIZE 4096

struct source {
	const char *path;
	policy_file_warn *warn;
};

/* `path` as the policy file means it. */
static int find_signer(void *context, const char *path, uint8_t signer[48],
		       char *why, size_t size)
{
	const struct source *source = context;
	const char *policy = source->path;
	const char *slash = strrchr(policy, '/');
	int folder = slash && *path != '/' ? (int)(slash + 1 - policy) : 0;
	char full[PATH_SIZE];
	struct key key;

	if (snprintf(full, sizeof(full), "%.*s%s", folder, policy, path) >=
	    (int)sizeof(full)) {
		snprintf(why, size, "the path is too long");
		return -1;
	}
	if (key_read(full, &key, why, size))
		return -1;
	memcpy(signer, key.signer, sizeof(key.signer));
	if (key.is_private)
		snprintf(why, size,
			 "%s: this is a private key, which does not belong "
			 "here",
			 full);
	folder = key.is_private ? -1 : 0;
	key_close(&key);
	return folder;
}

static void warn(void *context, unsigned int line, const char *text)
{
	const struct source *source = context;

	if (source->warn)
		source->warn(source->path, line, text);
}

static int compile(struct source *source, const void *text, size_t text_size,
		   uint8_t policy[POLICY_SIZE_MAX], size_t *size)
{
	const struct policy_text_caller caller = {find_signer, warn, source};
	struct policy_text_error error;

	if (policy_text_compile(text, text_size, &caller, policy, size, &error))
		return error_set(PAL_EPOLICY, "%s:%u:%u: %s", source->path,
				 error.line, error.column, error.text);
	return 0;
}

static int copy(const char *path, const void *bytes, size_t bytes_size,
		uint8_t policy[POLICY_SIZE_MAX], size_t *size)
{
	if (bytes_size > POLICY_SIZE_MAX)
		return error_set(PAL_EPOLICY, "%s: larger than any policy",
				 path);
	memcpy(policy, bytes, bytes_size);
	*size = bytes_size;
	return 0;
}

static int is_binary(const void *bytes, size_t size)
{
	uint64_t magic;

	if (size < sizeof(magic))
		return 0;
	memcpy(&magic, bytes, sizeof(magic));
	return magic == POLICY_MAGIC;
}

static int take(struct source *source, int may_be_binary,
		uint8_t policy[POLICY_SIZE_MAX], size_t *size)
{
	size_t bytes_size;
	void *bytes;
	int status = file_read(source->path, &bytes, &bytes_size);

	if (status)
		return status;
	if (may_be_binary && is_binary(bytes, bytes_size))
		status = copy(source->path, bytes, bytes_size, policy, size);
	else
		status = compile(source, bytes, bytes_size, policy, size);
	free(bytes);
	if (!status && policy_check(policy, *size))
		return error_set(PAL_EPOLICY,
				 "%s: the notary would refuse this policy: "
				 "compile it anew with this version of pal",
				 source->path);
	return status;
}

int policy_file_compile(const char *path, policy_file_warn *warn_user,
			uint8_t policy[POLICY_SIZE_MAX], size_t *size)
{
	struct source source = {path, warn_user};

	return take(&source, 0, policy, size);
}

int policy_file_read(const char *path, policy_file_warn *warn_user,
		     uint8_t policy[POLICY_SIZE_MAX], size_t *size)
{
	struct source source = {path, warn_user};

	return take(&source, 1, policy, size);
}
