/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pal new: copy the SDK's template project, with the project's name in place of
 * @name@ and @NAME@, in files' names and in what they hold.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "command.h"
#include "host/file.h"
#include "pal_host.h"
#include "place.h"

/* PAL_NAME() takes 31; some of it may be the author's. */
#define NAME_LIMIT 24

static const struct option_rule rules[] = {
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal new NAME",
	.text = "Make a folder NAME with a small project: a PAL, a program that "
		"calls it, a test\nand a makefile.  Names are like those of C "
		"functions: letters, digits and _.\n",
	.options = rules,
	.operand_count = 1,
};

static bool is_name(const char *text)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '_')
			return false;
	return length && length <= NAME_LIMIT &&
	       !isdigit((unsigned char)text[0]);
}

/* The project's name instead of a mark at `at`; returns the mark's length. */
static size_t put_mark(FILE *to, const char *at, const char *name)
{
	if (!strncmp(at, "@name@", 6)) {
		fputs(name, to);
		return 6;
	}
	if (strncmp(at, "@NAME@", 6))
		return 0;
	for (; *name; name++)
		putc(toupper((unsigned char)*name), to);
	return 6;
}

/* text, which ends with a zero, with its marks replaced. */
static void put_text(FILE *to, const char *text, const char *name)
{
	while (*text) {
		size_t length = put_mark(to, text, name);

		if (!length)
			putc(*text++, to);
		text += length;
	}
}

static int write_file(const char *path, const char *text, const char *name)
{
	FILE *to = fopen(path, "wxe");
	bool is_bad;

	if (!to) {
		report("%s: %s", path, strerror(errno));
		return EXIT_FAILURE;
	}
	put_text(to, text, name);
	is_bad = ferror(to);
	if (fclose(to) || is_bad) {
		report("%s: cannot write: %s", path, strerror(errno));
		return EXIT_FAILURE;
	}
	return 0;
}

/* "pal.c.in" of the template becomes name_pal.c and so on. */
static int target_path(char path[PLACE_SIZE], const char *entry,
		       const char *name)
{
	FILE *to = fmemopen(path, PLACE_SIZE, "w");
	bool is_bad;

	if (!to) {
		report("out of memory");
		return EXIT_FAILURE;
	}
	fprintf(to, "%s/", name);
	put_text(to, entry, name);
	putc('\0', to);
	is_bad = ferror(to);
	return fclose(to) || is_bad ? EXIT_FAILURE : 0;
}

static int copy_file(const char *template, const char *entry, const char *name)
{
	char from[PLACE_SIZE], path[PLACE_SIZE];
	void *bytes;
	size_t size;
	char *text;
	int status;

	if (snprintf(from, sizeof(from), "%s/%s", template, entry) >=
		    (int)sizeof(from) ||
	    target_path(path, entry, name))
		return EXIT_FAILURE;
	if (file_read(from, &bytes, &size)) {
		report("%s", pal_error_text());
		return EXIT_FAILURE;
	}
	text = bytes; /* file_read() has one byte of room more */
	text[size] = '\0';
	status = write_file(path, text, name);
	free(bytes);
	return status;
}

static int copy_all(const char *template, const char *name)
{
	DIR *folder = opendir(template);
	struct dirent *entry;
	int status = 0;

	if (!folder) {
		report("%s: %s", template, strerror(errno));
		return EXIT_FAILURE;
	}
	while (!status && (entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			status = copy_file(template, entry->d_name, name);
	closedir(folder);
	return status;
}

static int make_project(const char *name)
{
	char sdk[PLACE_SIZE], template[PLACE_SIZE + 16];

	if (!is_name(name)) {
		report("new: '%s' is no name: 1 to %d letters, digits and _, "
		       "no digit first",
		       name, NAME_LIMIT);
		return EXIT_USAGE;
	}
	if (place_sdk(sdk))
		return EXIT_FAILURE;
	snprintf(template, sizeof(template), "%s/template", sdk);
	if (mkdir(name, 0777)) {
		report("%s: %s", name, strerror(errno));
		return EXIT_FAILURE;
	}
	if (copy_all(template, name))
		return EXIT_FAILURE;
	printf("%s: a PAL, a program and a test.  Now: cd %s && make test\n",
	       name, name);
	return finish_output();
}

int command_new(int argc, char **argv)
{
	int option = option_next(argc, argv, &usage);

	if (option != OPTION_END)
		return option_exit(option);
	return make_project(argv[optind]);
}
