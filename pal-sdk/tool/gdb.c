/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pal gdb: a debug PAL in the simulator, held before its first instruction
 * until gdb is attached and has its breakpoint; then the call goes on.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "command.h"
#include "host/file.h"
#include "host/instance.h"
#include "host/sim.h"
#include "image_check.h"
#include "pal_host.h"
#include "progress.h"
#include "sim/protocol.h"
#include "symbols.h"

#define COMMAND_LIMIT  16
#define ARGUMENT_LIMIT (2 * COMMAND_LIMIT + 32)

static const struct option_rule rules[] = {
	{'e', "entry", "NUMBER", "which function of the PAL; default 0"},
	{'i', "input", "FILE", "what it is called with; default: nothing"},
	{'x', "execute", "COMMAND",
	 "of gdb, once it stops at the function; repeatable"},
	{'b', "batch", NULL, "end gdb after the commands"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal gdb [--entry NUMBER] [--input FILE] "
		    "[--execute COMMAND]... [--batch] FILE.pal",
	.text = "Call a function of a debug PAL (PAL_DEBUG) in the simulator, "
		"under gdb, which\nstops at the function.  Its ELF file must "
		"be beside it (FILE.elf).  Exit status:\nthat of gdb.\n",
	.options = rules,
	.operand_count = 1,
};

struct session {
	const char *path;
	uint64_t entry;
	const char *input_path;
	const char *commands[COMMAND_LIMIT];
	size_t command_count;
	bool is_batch;
	struct symbols *symbols;
	struct pal *pal;
	void *input;
	size_t input_size;
};

static int check_image(const char *path)
{
	struct pal_image_header header;
	void *image;
	size_t size;
	int reason;

	if (file_read(path, &image, &size)) {
		report("%s", pal_error_text());
		return EXIT_FAILURE;
	}
	reason = image_check(image, size, &header);
	free(image);
	if (reason) {
		report("%s: %s", path, image_reason((unsigned int)reason));
		return EXIT_FAILURE;
	}
	if (header.flags & PAL_FLAG_DEBUG)
		return 0;
	report("%s: not a debug PAL, which nobody looks into: compile it with "
	       "PAL_DEBUG",
	       path);
	return EXIT_FAILURE;
}

static int open_pal(struct session *session)
{
	struct progress *progress = progress_begin(session->path);
	int status = pal_open(session->path, &session->pal);

	progress_end(progress);
	return status;
}

static int prepare(struct session *session)
{
	char why[4200];

	if (check_image(session->path))
		return EXIT_FAILURE;
	session->symbols = symbols_open(session->path, why, sizeof(why));
	if (!session->symbols) {
		report("%s", why);
		return EXIT_FAILURE;
	}
	if (session->input_path &&
	    file_read(session->input_path, &session->input,
		      &session->input_size)) {
		report("%s", pal_error_text());
		return EXIT_FAILURE;
	}
	setenv("PAL_BACKEND", "sim", 1);
	setenv("PAL_SIM_QUIET", "1", 1);
	setenv(SIM_HOLD_VARIABLE, "1", 1);
	if (open_pal(session)) {
		report("%s: %s", session->path, pal_error_text());
		return EXIT_FAILURE;
	}
	return 0;
}

/* ---- gdb ----------------------------------------------------------------- */

static void add_command(const char **arguments, size_t *count, const char *text)
{
	arguments[(*count)++] = "-ex";
	arguments[(*count)++] = text;
}

/*
 * The signals by which the simulator learns of returns and CPUID are not the
 * user's concern; a fault comes as SIGTRAP, at its instruction.
 */
static void run_gdb(const struct session *session)
{
	const char *arguments[ARGUMENT_LIMIT] = {"gdb", "-q"};
	char pid[16], file[4200], hold[64], stop[64] = "";
	uint64_t address;
	size_t count = 2;

	snprintf(pid, sizeof(pid), "%d", sim_pid(session->pal->sim));
	snprintf(file, sizeof(file), "symbol-file %s",
		 symbols_path(session->symbols));
	snprintf(hold, sizeof(hold), "set var *(unsigned int *)0x%lx = 0",
		 SIM_SHARED_BASE + offsetof(struct sim_shared, is_held));
	if (symbols_entry(session->symbols, session->entry, &address))
		snprintf(stop, sizeof(stop), "break *0x%" PRIx64, address);

	if (session->is_batch)
		arguments[count++] = "-batch";
	arguments[count++] = "-p";
	arguments[count++] = pid;
	add_command(arguments, &count,
		    "handle SIGSEGV SIGILL SIGSYS SIGBUS "
		    "SIGFPE nostop noprint pass");
	add_command(arguments, &count, "set confirm off");
	add_command(arguments, &count, file);
	add_command(arguments, &count, hold);
	if (*stop)
		add_command(arguments, &count, stop);
	add_command(arguments, &count, "continue");
	for (size_t i = 0; i < session->command_count; i++)
		add_command(arguments, &count, session->commands[i]);
	execvp("gdb", (char *const *)(uintptr_t)arguments);
	report("gdb: %s: install it (Debian: apt-get install gdb)",
	       strerror(errno));
	_exit(EXIT_FAILURE);
}

/* ---- The call, meanwhile ------------------------------------------------- */

static void *call(void *argument)
{
	struct session *session = argument;
	size_t limit = pal_arg_size(session->pal), size = 0;
	unsigned char *out = malloc(limit + 1);
	int status;

	if (!out)
		return NULL;
	status = pal_call(session->pal, (unsigned int)session->entry,
			  session->input, session->input_size, out, limit,
			  &size);
	if (status)
		report("the call: %s (%d)", pal_error_text(), status);
	else
		report("the call: %zu bytes of output", size);
	/* So that gdb sees an end, instead of a PAL that waits for calls. */
	pal_close(session->pal);
	free(out);
	return NULL;
}

static int debug(struct session *session)
{
	pthread_t thread;
	int status = 0;
	pid_t gdb;

	fflush(stdout);
	gdb = fork();
	if (!gdb)
		run_gdb(session);
	/* Ctrl-C is for gdb. */
	signal(SIGINT, SIG_IGN);
	if (gdb < 0 || pthread_create(&thread, NULL, call, session)) {
		report("cannot start: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	while (waitpid(gdb, &status, 0) < 0 && errno == EINTR)
		;
	/* The call may still go on; the end of this process ends the PAL. */
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

static int parse(int argc, char **argv, struct session *session)
{
	int option;

	while ((option = option_next(argc, argv, &usage)) > 0) {
		if (option == 'i')
			session->input_path = optarg;
		if (option == 'b')
			session->is_batch = true;
		if (option == 'x' && session->command_count < COMMAND_LIMIT)
			session->commands[session->command_count++] = optarg;
		if (option == 'e' &&
		    !parse_number(optarg, UINT32_MAX, &session->entry)) {
			report("gdb: '%s' is not an entry number", optarg);
			return OPTION_WRONG;
		}
	}
	return option;
}

int command_gdb(int argc, char **argv)
{
	struct session session = {0};
	int option = parse(argc, argv, &session);

	if (option != OPTION_END)
		return option_exit(option);
	session.path = argv[optind];
	if (prepare(&session))
		return EXIT_FAILURE;
	return debug(&session);
}
