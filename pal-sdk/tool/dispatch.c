/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding a subcommand by its name, or one that was perhaps meant. */
#include "dispatch.h"
#include <stdio.h>
#include <string.h>

/* Longer names are not judged for nearness. */
#define NAME_LIMIT 16

static void print_help(const struct command_group *group, FILE *to)
{
	fprintf(to, "usage: %s COMMAND [ARGUMENTS]\n\n", group->name);
	for (size_t i = 0; i < group->count; i++)
		fprintf(to, "  %-9s %s\n", group->commands[i].name,
			group->commands[i].summary);
	fprintf(to, "\n%s", group->text);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * How many letters to add, drop, change or swap with the next make one name of
 * the other: cost[i][j] for the first i letters of a and j of b.
 */
static size_t distance(const char *a, const char *b)
{
	size_t cost[NAME_LIMIT + 1][NAME_LIMIT + 1];
	size_t a_length = strlen(a), b_length = strlen(b);

	for (size_t i = 0; i <= a_length; i++)
		for (size_t j = 0; j <= b_length; j++) {
			if (!i || !j) {
				cost[i][j] = i + j;
				continue;
			}
			cost[i][j] = least(cost[i - 1][j], cost[i][j - 1]) + 1;
			cost[i][j] = least(cost[i][j],
					   cost[i - 1][j - 1] +
						   (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				cost[i][j] = least(cost[i][j],
						   cost[i - 2][j - 2] + 1);
		}
	return cost[a_length][b_length];
}

/* The command that `name` is nearest to; NULL if it is near none. */
static const char *nearest(const struct command_group *group, const char *name)
{
	size_t best = least(strlen(name) / 3, 2) + 1;
	const char *found = NULL;

	if (strlen(name) > NAME_LIMIT)
		return NULL;
	for (size_t i = 0; i < group->count; i++) {
		size_t far = distance(name, group->commands[i].name);

		if (far >= best)
			continue;
		best = far;
		found = group->commands[i].name;
	}
	return found;
}

static void report_unknown(const struct command_group *group, const char *name)
{
	const char *meant = nearest(group, name);

	if (meant)
		report("no command '%s'; did you mean '%s'? `%s --help` lists "
		       "all",
		       name, meant, group->name);
	else
		report("no command '%s'; `%s --help` lists all", name,
		       group->name);
}

int dispatch(const struct command_group *group, int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (!strcmp(name, "--help") || !strcmp(name, "-h") ||
	    !strcmp(name, "help")) {
		print_help(group, stdout);
		return finish_output();
	}
	for (size_t i = 0; i < group->count; i++)
		if (!strcmp(name, group->commands[i].name))
			return group->commands[i].run(argc - 1, argv + 1);
	if (*name)
		report_unknown(group, name);
	else
		print_help(group, stderr);
	return EXIT_USAGE;
}
