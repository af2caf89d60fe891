/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pal run: one call of a PAL, from arguments and standard input to standard
 * output; of an image, or of a block of the service pald.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "backtrace.h"
#include "command.h"
#include "hex.h"
#include "json.h"
#include "pal_service.h"
#include "progress.h"

static const struct option_rule rules[] = {
	{'e', "entry", "NUMBER", "which function of the PAL; default 0"},
	{'n', "no-input", NULL, "do not read standard input"},
	{'s', "service", "NAME", "a block of pald instead of a file"},
	{'j', "json", NULL, "print JSON"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal run [--entry NUMBER] [--no-input] [--json] "
		    "{FILE.pal | --service NAME} [ARGUMENT...] "
		    "[< INPUT > OUTPUT]",
	.text = "Make a PAL of the image, call one of its functions, end the "
		"PAL.\nInput is at most the PAL's argument size (pal inspect): "
		"each argument and a\nzero byte, one more zero byte if there "
		"are arguments, then standard input."
		"\nExit status: 0 done, 1 failed, 2 wrong usage, 3 the "
		"function returned an error,\n4 the PAL broke a rule and was "
		"ended, 5 no hypervisor.\n",
	.options = rules,
	.takes_more = true,
};

struct run {
	const char *name; /* of the file or block */
	const char *block; /* NULL: a file */
	unsigned int entry;
	bool with_input, as_json;
	char **arguments; /* ended by NULL */
	struct pal *pal;
	struct pald *service;
	struct pald_block opened;
};

static int exit_status(int status)
{
	if (!status)
		return EXIT_SUCCESS;
	if (status >= PAL_STATUS_LOWEST)
		return EXIT_PAL_ERROR;
	if (status == PAL_EFAULT || status == PAL_EDEAD)
		return EXIT_PAL_FAULT;
	return status == PAL_ENODEV || status == PALD_ENOSERVICE ? EXIT_NO_HV
								 : EXIT_FAILURE;
}

static void print_json(const struct run *run, int status,
		       const unsigned char *out, size_t size)
{
	const char *error = status ? pal_error_text() : "";
	char digits[3];

	fputs("{\"name\":", stdout);
	json_string(run->name, strlen(run->name));
	printf(",\"status\":%d,\"error\":", status);
	json_string(error, strlen(error));
	fputs(",\"output_hex\":\"", stdout);
	for (size_t i = 0; i < size; i++) {
		hex_write(digits, out + i, 1);
		fputs(digits, stdout);
	}
	puts("\"}");
}

/* Texts about files that cannot be read name the file already. */
static void report_error(const struct run *run, int status)
{
	const char *text = pal_error_text();
	size_t length = strlen(run->name);

	if (!strncmp(text, run->name, length) && text[length] == ':')
		report("%s", text);
	else if (status >= PAL_STATUS_LOWEST)
		report("%s: %s (%d)", run->name, text, status);
	else
		report("%s: %s", run->name, text);
}

static int report_failure(const struct run *run, int status)
{
	if (run->as_json) {
		print_json(run, status, NULL, 0);
		finish_output();
	} else {
		report_error(run, status);
	}
	return exit_status(status);
}

/* Returns false after a message; one byte more than limit is too much. */
static bool read_input(const struct run *run, unsigned char *buffer,
		       size_t limit, size_t *size)
{
	*size = 0;
	for (char **word = run->arguments; *word; word++) {
		size_t length = strlen(*word) + 1;

		/* The zero after the last one has its place, too. */
		if (length >= limit - *size) {
			report("the arguments are more than the %zu bytes of "
			       "input that this PAL takes (PAL_ARG_SIZE)",
			       limit);
			return false;
		}
		memcpy(buffer + *size, *word, length);
		*size += length;
	}
	if (*size)
		buffer[(*size)++] = '\0';
	if (run->with_input)
		*size += fread(buffer + *size, 1, limit + 1 - *size, stdin);
	if (run->with_input && ferror(stdin)) {
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

static int open_quietly(struct run *run)
{
	int status;

	if (!run->block)
		return pal_open(run->name, &run->pal);
	status = pald_connect(NULL, &run->service);
	if (status)
		return status;
	return pald_open(run->service, run->block, &run->opened);
}

static int open_pal(struct run *run)
{
	struct progress *progress = progress_begin(run->name);
	int status = open_quietly(run);

	progress_end(progress);
	return status;
}

static int make_call(struct run *run, const void *in, size_t in_size, void *out,
		     size_t limit, size_t *out_size)
{
	if (run->pal)
		return pal_call(run->pal, run->entry, in, in_size, out, limit,
				out_size);
	return pald_call(run->service, run->opened.handle, run->entry, in,
			 in_size, out, limit, out_size);
}

static int call(struct run *run)
{
	size_t limit = run->pal ? pal_arg_size(run->pal) : run->opened.arg_size;
	unsigned char *in = malloc(limit + 1);
	unsigned char *out = malloc(limit + 1);
	size_t in_size, out_size;
	int result = EXIT_FAILURE;

	if (!in || !out) {
		report("out of memory");
	} else if (read_input(run, in, limit, &in_size)) {
		int status = make_call(run, in, in_size, out, limit, &out_size);

		if (status) {
			result = report_failure(run, status);
			if (status == PAL_STATUS_BAD_SIZE)
				report("the input was %zu bytes: the PAL's "
				       "header tells how many it takes",
				       in_size);
			if (run->pal && !run->as_json)
				backtrace_print(run->pal, run->name);
		} else {
			if (run->as_json)
				print_json(run, 0, out, out_size);
			else
				fwrite(out, 1, out_size, stdout);
			result = finish_output();
		}
	}
	free(in);
	free(out);
	return result;
}

/* Returns 0, or an exit status with *done. */
static int read_options(struct run *run, int argc, char **argv, bool *done)
{
	uint64_t entry = 0;
	int option;

	*done = true;
	while ((option = option_next(argc, argv, &usage)) > 0) {
		if (option == 'n')
			run->with_input = false;
		if (option == 'j')
			run->as_json = true;
		if (option == 's')
			run->block = optarg;
		if (option == 'e' &&
		    !parse_number(optarg, UINT32_MAX, &entry)) {
			report("run: '%s' is not an entry number", optarg);
			return EXIT_USAGE;
		}
	}
	if (option != OPTION_END)
		return option_exit(option);
	run->entry = (unsigned int)entry;
	run->name = run->block ? run->block : argv[optind];
	if (!run->name) {
		report("run: a file is wanted, or --service NAME");
		fprintf(stderr, "usage: %s\n", usage.synopsis);
		return EXIT_USAGE;
	}
	run->arguments = argv + optind + (run->block ? 0 : 1);
	*done = false;
	return 0;
}

int command_run(int argc, char **argv)
{
	struct run run = {.with_input = true};
	bool done;
	int status = read_options(&run, argc, argv, &done);

	if (done)
		return status;
	status = open_pal(&run);
	status = status ? report_failure(&run, status) : call(&run);
	pal_close(run.pal);
	pald_disconnect(run.service);
	return status;
}
