/* SPDX-License-Identifier: BSD-2-Clause */
/* pal policy show: a binary policy, as text that compiles to it again. */
#include <stdio.h>
#include "command.h"
#include "host/file.h"
#include "notary/policy.h"
#include "pal_host.h"
#include "policy_command.h"
#include "policy_print.h"

static const struct usage usage = {
	.synopsis = "pal policy show [--json] POLICY.bin",
	.text = "Print a binary policy.  The text compiles to the same policy "
		"again.\n",
	.options = option_json_only,
	.operand_count = 1,
};

static int show(const char *path, bool as_json)
{
	void *policy;
	size_t size;

	if (file_read(path, &policy, &size)) {
		report("%s", pal_error_text());
		return EXIT_FAILURE;
	}
	if (policy_check(policy, size)) {
		report("%s: not a policy (pal policy compile makes one)", path);
		free(policy);
		return EXIT_FAILURE;
	}
	if (as_json) {
		putchar('{');
		policy_print_json_members(policy);
		puts("}");
	} else {
		policy_print_text(policy);
	}
	free(policy);
	return finish_output();
}

int policy_command_show(int argc, char **argv)
{
	bool as_json;
	int option = option_json(argc, argv, &usage, &as_json);

	if (option != OPTION_END)
		return option_exit(option);
	return show(argv[optind], as_json);
}
