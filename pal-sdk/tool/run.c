/* SPDX-License-Identifier: BSD-2-Clause */
/* pal run: one call of a PAL, from standard input to standard output. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "backtrace.h"
#include "command.h"
#include "pal_host.h"

static const struct option_rule rules[] = {
	{'e', "entry", "NUMBER", "which function of the PAL; default 0"},
	{'n', "no-input", NULL, "do not read standard input"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal run [--entry NUMBER] [--no-input] FILE.pal "
		    "[< INPUT > OUTPUT]",
	.text = "Make a PAL of the image, call one of its functions, end the "
		"PAL.\nInput is at most the PAL's argument size (pal inspect)."
		"\nExit status: 0 done, 1 failed, 2 wrong usage, 3 the "
		"function returned an error,\n4 the PAL broke a rule and was "
		"ended, 5 no hypervisor.\n",
	.options = rules,
	.operand_count = 1,
};

static int report_failure(const char *path, int status)
{
	if (status >= PAL_STATUS_LOWEST) {
		report("%s: %s (%d)", path, pal_error_text(), status);
		return EXIT_PAL_ERROR;
	}
	report("%s: %s", path, pal_error_text());
	if (status == PAL_EFAULT || status == PAL_EDEAD)
		return EXIT_PAL_FAULT;
	return status == PAL_ENODEV ? EXIT_NO_HV : EXIT_FAILURE;
}

/* Returns false after a message; one byte more than limit is too much. */
static bool read_input(unsigned char *buffer, size_t limit, size_t *size)
{
	*size = fread(buffer, 1, limit + 1, stdin);
	if (ferror(stdin)) {
		report("cannot read standard input: %s", strerror(errno));
		return false;
	}
	if (*size > limit) {
		report("more than %zu bytes of input, which is all that this "
		       "PAL takes (PAL_ARG_SIZE)",
		       limit);
		return false;
	}
	return true;
}

static int call(struct pal *pal, const char *path, unsigned int entry,
		bool with_input)
{
	size_t limit = pal_arg_size(pal);
	unsigned char *in = malloc(limit + 1);
	unsigned char *out = malloc(limit + 1);
	size_t in_size = 0, out_size;
	int result = EXIT_FAILURE;

	if (!in || !out) {
		report("out of memory");
	} else if (!with_input || read_input(in, limit, &in_size)) {
		int status = pal_call(pal, entry, in, in_size, out, limit,
				      &out_size);

		if (status) {
			result = report_failure(path, status);
			backtrace_print(pal, path);
		} else {
			fwrite(out, 1, out_size, stdout);
			result = finish_output();
		}
	}
	free(in);
	free(out);
	return result;
}

int command_run(int argc, char **argv)
{
	bool with_input = true;
	uint64_t entry = 0;
	struct pal *pal;
	int option, status;

	while ((option = option_next(argc, argv, &usage)) > 0) {
		if (option == 'n')
			with_input = false;
		if (option == 'e' &&
		    !parse_number(optarg, UINT32_MAX, &entry)) {
			report("run: '%s' is not an entry number", optarg);
			return EXIT_USAGE;
		}
	}
	if (option != OPTION_END)
		return option_exit(option);
	status = pal_open(argv[optind], &pal);
	if (status)
		return report_failure(argv[optind], status);
	status = call(pal, argv[optind], (unsigned int)entry, with_input);
	pal_close(pal);
	return status;
}
