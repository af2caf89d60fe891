/* SPDX-License-Identifier: BSD-2-Clause */
/* pal policy compile: from text to what the notary reads. */
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "host/file.h"
#include "key.h"
#include "notary/policy.h"
#include "output_file.h"
#include "pal_host.h"
#include "policy_command.h"
#include "policy_text.h"

#define PATH_SIZE 4096

static const struct option_rule rules[] = {
	{'o', "output", "FILE", "where to write; default: IN with .bin"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal policy compile [-o OUT.bin] IN.conf",
	.text = "Make a policy binary, for the launch of the hypervisor.  Key "
		"files that it names are\nsought from the policy's folder.  "
		"`man palisade-policy` describes the text.\n",
	.options = rules,
	.operand_count = 1,
};

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

static int compile(const char *in, const char *out)
{
	const struct policy_text_keys keys = {find_signer, (void *)in};
	uint8_t policy[POLICY_SIZE_MAX];
	struct policy_text_error error;
	size_t text_size, size;
	void *text;
	int failed;

	if (file_read(in, &text, &text_size)) {
		report("%s", pal_error_text());
		return EXIT_FAILURE;
	}
	failed = policy_text_compile(text, text_size, &keys, policy, &size,
				     &error);
	free(text);
	if (failed) {
		report("%s:%u:%u: %s", in, error.line, error.column,
		       error.text);
		return EXIT_FAILURE;
	}
	if (policy_check(policy, size)) {
		report("%s: the notary would refuse this policy: a mistake in "
		       "pal",
		       in);
		return EXIT_FAILURE;
	}
	return output_file_write(out, policy, size);
}

int policy_command_compile(int argc, char **argv)
{
	const char *out = NULL;
	char path[PATH_SIZE];
	int length, option;

	while ((option = option_next(argc, argv, &usage)) == 'o')
		out = optarg;
	if (option != OPTION_END)
		return option_exit(option);
	if (out)
		return compile(argv[optind], out);

	length = (int)strnlen(argv[optind], sizeof(path) - 5);
	if (length > 5 && !strcmp(argv[optind] + length - 5, ".conf"))
		length -= 5;
	snprintf(path, sizeof(path), "%.*s.bin", length, argv[optind]);
	return compile(argv[optind], path);
}
