/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "host/file.h"
#include "key.h"
#include "notary/policy.h"
#include "pal_host.h"
#include "policy_text.h"

#define PATH_SIZE 4096

/* `path` as the policy file `context` means it. */
static int find_signer(void *context, const char *path, uint8_t signer[48],
		       char *why, size_t size)
{
	const char *policy = context;
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
	report("%s:%u: warning: %s", (const char *)context, line, text);
}

static int compile(const char *path, const void *text, size_t text_size,
		   uint8_t policy[POLICY_SIZE_MAX], size_t *size)
{
	const struct policy_text_caller caller = {
		find_signer,
		warn,
		(void *)(uintptr_t)path,
	};
	struct policy_text_error error;

	if (policy_text_compile(text, text_size, &caller, policy, size,
				&error)) {
		report("%s:%u:%u: %s", path, error.line, error.column,
		       error.text);
		return -1;
	}
	return 0;
}

static int copy(const char *path, const void *bytes, size_t bytes_size,
		uint8_t policy[POLICY_SIZE_MAX], size_t *size)
{
	if (bytes_size > POLICY_SIZE_MAX) {
		report("%s: larger than any policy", path);
		return -1;
	}
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

static int take(const char *path, int may_be_binary,
		uint8_t policy[POLICY_SIZE_MAX], size_t *size)
{
	size_t bytes_size;
	void *bytes;
	int failed;

	if (file_read(path, &bytes, &bytes_size)) {
		report("%s", pal_error_text());
		return -1;
	}
	if (may_be_binary && is_binary(bytes, bytes_size))
		failed = copy(path, bytes, bytes_size, policy, size);
	else
		failed = compile(path, bytes, bytes_size, policy, size);
	free(bytes);
	if (!failed && policy_check(policy, *size)) {
		report("%s: the notary would refuse this policy: compile it "
		       "anew with this version of pal",
		       path);
		failed = -1;
	}
	return failed;
}

int policy_file_compile(const char *path, uint8_t policy[POLICY_SIZE_MAX],
			size_t *size)
{
	return take(path, 0, policy, size);
}

int policy_file_read(const char *path, uint8_t policy[POLICY_SIZE_MAX],
		     size_t *size)
{
	return take(path, 1, policy, size);
}
