/* SPDX-License-Identifier: BSD-2-Clause */
/* pal policy compile: from text to what the notary reads. */
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "output_file.h"
#include "pal_host.h"
#include "policy_command.h"
#include "policy_file.h"

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

void policy_report_warning(const char *path, unsigned int line,
			   const char *text)
{
	report("%s:%u: warning: %s", path, line, text);
}

static int compile(const char *in, const char *out)
{
	uint8_t policy[POLICY_SIZE_MAX];
	size_t size;

	if (policy_file_compile(in, policy_report_warning, policy, &size)) {
		report("%s", pal_error_text());
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
