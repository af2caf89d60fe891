/* SPDX-License-Identifier: BSD-2-Clause */
/* One pass over the words; what is the compiler's own is a table. */
#include "cc_options.h"
#include <stdio.h>
#include <string.h>
#include "command.h"

static const char help[] =
	"usage: pal cc [-o OUT.pal] [-g] [-k KEY.pem] [OPTIONS] FILE...\n"
	"       pal cc -c [-o OUT.o] [OPTIONS] FILE.c\n\n"
	"Compile and link a PAL and write its image.  Files: .c .S .s .o .a\n\n"
	"  -o FILE                the image; default: the first file's name "
	"with .pal\n"
	"  -g                     keep the program with symbols beside it "
	"(.elf), and\n"
	"                         frame pointers for backtraces\n"
	"  -k, --key FILE         sign the image with this private key\n"
	"  -c                     compile only, to an object\n"
	"  -v, --verbose          print the commands\n"
	"      --print-sdk        print where pal.mk and the libraries are\n"
	"  -h, --help             print this\n\n"
	"Passed on to the compiler: -D -U -I -L -l -O -W -f -m -M -std= "
	"-include and their kin.\n"
	"CC names the compiler; default: gcc, else clang, else cc.\n";

enum form { WHOLE, BEGINS, HAS_ARGUMENT };

/* Longer ones first where one begins like another. */
static const struct {
	const char *text;
	enum form form;
} passed[] = {
	{"-isystem", HAS_ARGUMENT},
	{"-iquote", HAS_ARGUMENT},
	{"-idirafter", HAS_ARGUMENT},
	{"-include", HAS_ARGUMENT},
	{"-imacros", HAS_ARGUMENT},
	{"-MF", HAS_ARGUMENT},
	{"-MT", HAS_ARGUMENT},
	{"-MQ", HAS_ARGUMENT},
	{"-D", HAS_ARGUMENT},
	{"-U", HAS_ARGUMENT},
	{"-I", HAS_ARGUMENT},
	{"-L", HAS_ARGUMENT},
	{"-l", HAS_ARGUMENT},
	{"-Xlinker", HAS_ARGUMENT},
	{"-M", BEGINS},
	{"-O", BEGINS},
	{"-W", BEGINS},
	{"-f", BEGINS},
	{"-m", BEGINS},
	{"-g", BEGINS},
	{"-std=", BEGINS},
	{"-pedantic", BEGINS},
	{"-w", WHOLE},
	{"-pipe", WHOLE},
};

struct reader {
	struct cc_options *options;
	int count;
	char **words;
	int next; /* the word after the one being read */
};

/* The argument of the option just read, or NULL after a message. */
static const char *argument(struct reader *reader, const char *option)
{
	if (reader->next < reader->count)
		return reader->words[reader->next++];
	report("cc: %s: its argument is missing", option);
	return NULL;
}

/* A folder whose name would otherwise get into the image by __FILE__. */
static void note_folder(struct cc_options *options, const char *path,
			size_t length)
{
	if (length > 1 && path[0] == '/')
		words_add(&options->folders, "%.*s", (int)length, path);
}

static int read_file(struct cc_options *options, const char *path)
{
	static const char *const endings[] = {".c", ".S", ".s", ".o", ".a"};
	const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');

	for (size_t i = 0; dot && i < sizeof(endings) / sizeof(*endings); i++) {
		if (strcmp(dot, endings[i]))
			continue;
		words_add(&options->passed, "%s", path);
		note_folder(options, path, slash ? (size_t)(slash - path) : 0);
		if (!options->file_count++)
			options->first_file = path;
		return 0;
	}
	report("cc: %s: PALs are made of .c, .S, .s, .o and .a files", path);
	return OPTION_WRONG;
}

/* Sets *index; a text that is only a beginning needs more behind it. */
static bool find_passed(const char *word, size_t *index)
{
	for (size_t i = 0; i < sizeof(passed) / sizeof(*passed); i++) {
		*index = i;
		if (!(passed[i].form == WHOLE
			      ? strcmp(word, passed[i].text)
			      : strncmp(word, passed[i].text,
					strlen(passed[i].text))))
			return true;
	}
	return false;
}

static int pass(struct reader *reader, const char *word)
{
	struct cc_options *options = reader->options;
	const char *value;
	size_t index;

	if (!find_passed(word, &index)) {
		report("cc: unknown option %s", word);
		return OPTION_WRONG;
	}
	words_add(&options->passed, "%s", word);
	if (!strncmp(word, "-g", 2) && strcmp(word, "-g0"))
		options->keeps_elf = true;
	if (passed[index].form != HAS_ARGUMENT)
		return 0;
	value = word + strlen(passed[index].text);
	if (!*value) {
		value = argument(reader, word);
		if (!value)
			return OPTION_WRONG;
		words_add(&options->passed, "%s", value);
	}
	if (word[1] == 'I' || !strncmp(word, "-i", 2))
		note_folder(options, value, strlen(value));
	return 0;
}

static int set_text(struct reader *reader, const char *word, const char **to)
{
	*to = argument(reader, word);
	return *to ? 0 : OPTION_WRONG;
}

static int read_word(struct reader *reader, const char *word)
{
	struct cc_options *options = reader->options;

	if (word[0] != '-')
		return read_file(options, word);
	if (!strcmp(word, "-o"))
		return set_text(reader, word, &options->output);
	if (!strcmp(word, "-k") || !strcmp(word, "--key"))
		return set_text(reader, word, &options->key);
	if (!strcmp(word, "-c"))
		options->is_object = true;
	else if (!strcmp(word, "-v") || !strcmp(word, "--verbose"))
		options->is_verbose = true;
	else if (!strcmp(word, "--print-sdk"))
		options->prints_sdk = true;
	else
		return pass(reader, word);
	return 0;
}

static int check(const struct cc_options *options)
{
	if (options->prints_sdk)
		return 0;
	if (!options->first_file)
		report("cc: no file to compile");
	else if (options->is_object && options->key)
		report("cc: -k is for images, not for objects (-c)");
	else
		return 0;
	return OPTION_WRONG;
}

int cc_options_read(struct cc_options *options, int argc, char **argv)
{
	struct reader reader = {options, argc, argv, 1};
	int status = 0;

	*options = (struct cc_options){0};
	while (!status && reader.next < argc) {
		const char *word = argv[reader.next++];

		if (!strcmp(word, "-h") || !strcmp(word, "--help")) {
			fputs(help, stdout);
			return OPTION_HELP;
		}
		status = read_word(&reader, word);
	}
	if (!status)
		status = check(options);
	if (status)
		fputs("`pal cc --help` tells more\n", stderr);
	return status;
}

void cc_options_free(struct cc_options *options)
{
	words_free(&options->passed);
	words_free(&options->folders);
}
