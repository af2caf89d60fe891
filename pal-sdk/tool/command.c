/* SPDX-License-Identifier: BSD-2-Clause */
/* Options, help and messages of all subcommands. */
#include "command.h"
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define OPTION_LIMIT 8

void report(const char *format, ...)
{
	va_list args;

	fputs("pal: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

int finish_output(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_SUCCESS;
	report("cannot write to standard output: %s", strerror(errno));
	return EXIT_FAILURE;
}

static void print_usage(const struct usage *usage)
{
	const struct option_rule *rule;
	char left[64];

	printf("usage: %s\n\n%s\n", usage->synopsis, usage->text);
	for (rule = usage->options; rule->letter; rule++) {
		snprintf(left, sizeof(left), "-%c, --%s%s%s", rule->letter,
			 rule->name, rule->argument ? " " : "",
			 rule->argument ? rule->argument : "");
		printf("  %-22s %s\n", left, rule->help);
	}
	printf("  %-22s %s\n", "-h, --help", "print this");
}

/* The tables of getopt_long() from ours. */
static void translate(const struct option_rule *rule, struct option *names,
		      char *letters)
{
	int count = 0;

	for (; rule->letter && count < OPTION_LIMIT - 2; rule++, count++) {
		names[count] = (struct option){
			rule->name,
			rule->argument ? required_argument : no_argument,
			NULL,
			rule->letter,
		};
		*letters++ = rule->letter;
		if (rule->argument)
			*letters++ = ':';
	}
	names[count++] = (struct option){"help", no_argument, NULL, 'h'};
	names[count] = (struct option){NULL, 0, NULL, 0};
	*letters++ = 'h';
	*letters = '\0';
}

int option_next(int argc, char **argv, const struct usage *usage)
{
	struct option names[OPTION_LIMIT];
	char letters[2 * OPTION_LIMIT] = "+";
	int option;

	translate(usage->options, names, letters + usage->takes_more);
	opterr = 0;
	option = getopt_long(argc, argv, letters, names, NULL);
	if (option == 'h') {
		print_usage(usage);
		return OPTION_HELP;
	}
	if (option == '?')
		report("%s: unknown option, or its argument is missing or "
		       "needless: %s",
		       argv[0], argv[optind - 1]);
	else if (option != -1)
		return option;
	else if (argc - optind == usage->operand_count ||
		 (usage->takes_more && argc - optind > usage->operand_count))
		return OPTION_END;
	else
		report("%s: %d operands given, %d wanted", argv[0],
		       argc - optind, usage->operand_count);
	fprintf(stderr, "usage: %s\n", usage->synopsis);
	return OPTION_WRONG;
}

int option_exit(int option)
{
	return option == OPTION_HELP ? finish_output() : EXIT_USAGE;
}

bool parse_number(const char *text, uint64_t most, uint64_t *value)
{
	bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	unsigned long long number;
	char *end;

	if (!isxdigit((unsigned char)text[is_hex ? 2 : 0]))
		return false;
	errno = 0;
	number = strtoull(text, &end, is_hex ? 16 : 10);
	if (errno || *end || number > most)
		return false;
	*value = number;
	return true;
}
