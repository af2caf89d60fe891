/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pal cc: from sources to a PAL image.  Runs the C compiler once, with the
 * flags in the files `cflags` and `ldflags` of the SDK, then pal pack and, with
 * a key, pal sign.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cc_options.h"
#include "command.h"
#include "explain.h"
#include "pack.h"
#include "place.h"

struct build {
	const struct cc_options *options;
	char sdk[PLACE_SIZE];
	char headers[PLACE_SIZE]; /* the compiler's own */
	char output[PLACE_SIZE];
	char elf[PLACE_SIZE];
	char scratch[PLACE_SIZE]; /* a folder that goes in the end, or "" */
	struct words command;
};

/* Ask a compiler where its own headers are; also shows that it is there. */
static bool is_compiler(struct build *build, const char *words)
{
	struct words question = {0};
	int status;

	words_split(&question, words);
	if (!question.count)
		return false;
	words_append(&build->command, &question, 0);
	words_add(&question, "-print-file-name=include");
	status = words_ask(&question, build->headers, sizeof(build->headers));
	words_free(&question);
	if (!status && build->headers[0] == '/')
		return true;
	words_free(&build->command);
	return false;
}

static int choose_compiler(struct build *build)
{
	static const char *const usual[] = {"gcc", "clang", "cc"};
	const char *wanted = getenv("CC");

	if (wanted && *wanted) {
		if (is_compiler(build, wanted))
			return 0;
		report("CC=%s: this is no C compiler that can be run", wanted);
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		if (is_compiler(build, usual[i]))
			return 0;
	report("there is no C compiler: install gcc or clang, or name one with "
	       "CC=");
	return EXIT_FAILURE;
}

/* The same bytes in whichever folder: paths become relative ones. */
static void add_prefix_maps(struct build *build)
{
	const struct words *folders = &build->options->folders;
	char here[PLACE_SIZE];

	if (getcwd(here, sizeof(here)) && here[1])
		words_add(&build->command, "-ffile-prefix-map=%s=.", here);
	for (size_t i = 0; i < folders->count; i++)
		words_add(&build->command, "-ffile-prefix-map=%s=.",
			  folders->list[i]);
	words_add(&build->command, "-ffile-prefix-map=%s=sdk", build->sdk);
}

static void add_compilation(struct build *build)
{
	struct words *command = &build->command;
	const char *sdk = build->sdk;

	words_add(command, "@%s/cflags", sdk);
	add_prefix_maps(build);
	words_add(command, "-nostdinc");
	for (const char *const *folder =
		     (const char *const[]){"include", "libc", NULL};
	     *folder; folder++) {
		words_add(command, "-isystem");
		words_add(command, "%s/%s", sdk, *folder);
	}
	words_add(command, "-isystem");
	words_add(command, "%s", build->headers);
	/* -g -fomit-frame-pointer gives the image that there is without -g. */
	if (build->options->keeps_elf) {
		words_add(command, "-fno-omit-frame-pointer");
		words_add(command, "-mno-omit-leaf-frame-pointer");
	}
	words_append(command, &build->options->passed, 0);
}

static void add_linking(struct build *build)
{
	struct words *command = &build->command;
	const char *sdk = build->sdk;

	words_add(command, "@%s/ldflags", sdk);
	words_add(command, "-Wl,-T,%s/pal.ld", sdk);
	words_add(command, "-Wl,--undefined=_start");
	words_add(command, "-Wl,--start-group");
	words_add(command, "%s/libpalrt.a", sdk);
	words_add(command, "%s/libpalcrypto.a", sdk);
	words_add(command, "%s/libpalc.a", sdk);
	words_add(command, "-Wl,--end-group");
	/* pack_file() and explain() say it better than the linker. */
	words_add(command, "-Wl,--unresolved-symbols=ignore-all");
}

/* Run the compiler, to `output`. */
static int compile(const struct build *build, const char *output)
{
	struct words command = {0};
	int status;

	words_append(&command, &build->command, 0);
	words_add(&command, "-o");
	words_add(&command, "%s", output);
	for (size_t i = 0; build->options->is_verbose && i < command.count; i++)
		fprintf(stderr, "%s%c", command.list[i],
			i + 1 < command.count ? ' ' : '\n');
	status = words_run(&command);
	if (status < 0)
		report("%s: %s", command.list[0], strerror(errno));
	words_free(&command);
	return status ? EXIT_FAILURE : 0;
}

/* in without folder (unless `keeps_folder`) and ending, then the ending. */
static int rename_to(char to[PLACE_SIZE], const char *in, bool keeps_folder,
		     const char *ending)
{
	const char *slash = strrchr(in, '/');
	const char *name = slash ? slash + 1 : in, *dot = strrchr(name, '.');
	int length;

	if (keeps_folder)
		name = in;
	length = (int)(dot && dot != in ? dot - name : (long)strlen(name));
	length = snprintf(to, PLACE_SIZE, "%.*s%s", length, name, ending);
	if (length < PLACE_SIZE)
		return 0;
	report("%.60s...: the path is too long", in);
	return EXIT_FAILURE;
}

static int make_scratch(struct build *build)
{
	const char *temporary = getenv("TMPDIR");

	snprintf(build->scratch, sizeof(build->scratch), "%.4000s/pal-XXXXXX",
		 temporary && *temporary ? temporary : "/tmp");
	if (mkdtemp(build->scratch))
		return 0;
	report("%s: %s", build->scratch, strerror(errno));
	build->scratch[0] = '\0';
	return EXIT_FAILURE;
}

/* With all that is in it: the compiler's options may have put more there. */
static void remove_scratch(const struct build *build)
{
	DIR *folder = build->scratch[0] ? opendir(build->scratch) : NULL;
	struct dirent *entry;

	if (!folder)
		return;
	while ((entry = readdir(folder)))
		unlinkat(dirfd(folder), entry->d_name, 0);
	closedir(folder);
	rmdir(build->scratch);
}

/* Where the program goes on its way to the image; its name may become the
 * PAL's. */
static int choose_elf(struct build *build)
{
	char name[PLACE_SIZE];

	if (make_scratch(build))
		return EXIT_FAILURE;
	if (build->options->keeps_elf)
		return rename_to(build->elf, build->output, true, ".elf");
	if (rename_to(name, build->output, false, ".elf"))
		return EXIT_FAILURE;
	if (snprintf(build->elf, sizeof(build->elf), "%s/%s", build->scratch,
		     name) < (int)sizeof(build->elf))
		return 0;
	report("%.60s...: the path is too long", build->output);
	return EXIT_FAILURE;
}

/*
 * Say why the program cannot be a PAL: build it again with what shows where in
 * the sources each mistake is.
 */
static void explain(const struct build *build, const struct elf_error *error)
{
	const struct cc_options *options = build->options;
	const char *source =
		options->file_count == 1 ? options->first_file : build->output;
	char path[PLACE_SIZE + 16];
	struct words command = {0};

	snprintf(path, sizeof(path), "%s/.explain", build->scratch);
	words_append(&command, &build->command, 0);
	words_add(&command, "-g");
	words_add(&command, "-Wl,--emit-relocs");
	words_add(&command, "-o");
	words_add(&command, "%s", path);
	if (words_run_quietly(&command) || !explain_file(path, source))
		report("%s: %s", source, error->text);
	words_free(&command);
}

static int sign_image(struct build *build)
{
	char *sign[] = {"sign", "-k", (char *)(uintptr_t)build->options->key,
			build->output, NULL};
	int status;

	optind = 0; /* glibc: begin anew */
	status = command_sign(4, sign);
	if (status)
		unlink(build->output);
	return status;
}

static int write_image(struct build *build)
{
	struct elf_error error;
	int status = pack_file(build->elf, build->output, &error);

	if (status < 0)
		explain(build, &error);
	if (status)
		return EXIT_FAILURE;
	return build->options->key ? sign_image(build) : 0;
}

static int build_image(struct build *build)
{
	const struct cc_options *options = build->options;

	if (rename_to(build->output,
		      options->output ? options->output : options->first_file,
		      options->output, ".pal") ||
	    choose_elf(build))
		return EXIT_FAILURE;
	/* Exactly what was asked for, whatever its ending. */
	if (options->output)
		snprintf(build->output, sizeof(build->output), "%s",
			 options->output);
	add_compilation(build);
	add_linking(build);
	return compile(build, build->elf) ? EXIT_FAILURE : write_image(build);
}

static int build_object(struct build *build)
{
	const struct cc_options *options = build->options;

	if (rename_to(build->output, options->first_file, false, ".o"))
		return EXIT_FAILURE;
	add_compilation(build);
	words_add(&build->command, "-c");
	return compile(build,
		       options->output ? options->output : build->output);
}

static int run(struct build *build)
{
	if (place_sdk(build->sdk))
		return EXIT_FAILURE;
	if (build->options->prints_sdk) {
		puts(build->sdk);
		return finish_output();
	}
	if (choose_compiler(build))
		return EXIT_FAILURE;
	return build->options->is_object ? build_object(build)
					 : build_image(build);
}

int command_cc(int argc, char **argv)
{
	struct cc_options options;
	struct build build = {.options = &options};
	int status = cc_options_read(&options, argc, argv);

	if (status) {
		status = option_exit(status);
	} else {
		status = run(&build);
		words_free(&build.command);
	}
	remove_scratch(&build);
	cc_options_free(&options);
	return status;
}
