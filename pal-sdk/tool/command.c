/* SPDX-License-Identifier: BSD-2-Clause */
/* Options, help and messages of all subcommands. */
#include "command.h"
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define OPTION_LIMIT 12

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

static bool is_letter(const struct usage *usage, int letter)
{
	const struct option_rule *rule = usage->options;

	while (rule->letter && rule->letter != letter)
		rule++;
	return rule->letter;
}

/* What getopt_long() says by '?' or ':', and its variables. */
static void report_option(char **argv, const struct usage *usage, int option)
{
	const char *word = argv[optind - 1];

	if (option == ':')
		report("%s: %s: its argument is missing", argv[0], word);
	else if (is_letter(usage, optopt) || optopt == 'h')
		report("%s: %s: it takes no argument", argv[0], word);
	else if (optopt)
		report("%s: unknown option -%c", argv[0], optopt);
	else
		report("%s: unknown option %s", argv[0], word);
}

int option_next(int argc, char **argv, const struct usage *usage)
{
	struct option names[OPTION_LIMIT];
	char letters[2 * OPTION_LIMIT + 1];
	int option, operands;

	letters[0] = usage->takes_more ? '+' : ':';
	letters[1] = ':';
	translate(usage->options, names, letters + 2);
	opterr = 0;
	option = getopt_long(argc, argv, letters, names, NULL);
	operands = argc - optind;
	if (option == 'h') {
		print_usage(usage);
		return OPTION_HELP;
	}
	if (option == '?' || option == ':')
		report_option(argv, usage, option);
	else if (option != -1)
		return option;
	else if (operands == usage->operand_count ||
		 (usage->takes_more && operands > usage->operand_count))
		return OPTION_END;
	else
		report("%s: %d operands given, %d wanted", argv[0], operands,
		       usage->operand_count);
	fprintf(stderr, "usage: %s\n", usage->synopsis);
	return OPTION_WRONG;
}

const struct option_rule option_json_only[] = {
	{'j', "json", NULL, "print JSON"},
	{0, NULL, NULL, NULL},
};

int option_json(int argc, char **argv, const struct usage *usage, bool *as_json)
{
	int option;

	*as_json = false;
	while ((option = option_next(argc, argv, usage)) == 'j')
		*as_json = true;
	return option;
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
