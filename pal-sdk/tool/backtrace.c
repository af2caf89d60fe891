/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line for each place: by addr2line, which knows source lines and inlined
 * functions, or from the symbol table.
 */
#include "backtrace.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "abi/pal_image.h"
#include "symbols.h"

extern char **environ;

/* Run addr2line, its output to that descriptor.  False: it is not there. */
static bool run_addr2line(const char *elf, uint64_t address, int to)
{
	char number[32];
	char *const arguments[] = {
		"addr2line", "-f", "-i", "-p", "-e", (char *)(uintptr_t)elf,
		number,	     NULL,
	};
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status = 1, failed;

	snprintf(number, sizeof(number), "0x%" PRIx64, address);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	failed = posix_spawnp(&pid, arguments[0], &actions, NULL, arguments,
			      environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failed)
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0;
}

/* "divide at faulty_pal.c:24", then lines of functions it was inlined into. */
static bool print_lines(const char *elf, uint64_t address)
{
	char text[1024] = "";
	int pipes[2];
	ssize_t size = -1;

	if (pipe2(pipes, O_CLOEXEC))
		return false;
	if (run_addr2line(elf, address, pipes[1])) {
		close(pipes[1]);
		pipes[1] = -1;
		size = read(pipes[0], text, sizeof(text) - 1);
	}
	close(pipes[0]);
	if (pipes[1] >= 0)
		close(pipes[1]);
	if (size <= 0 || !strncmp(text, "?? ", 3))
		return false;
	text[size] = '\0';
	for (char *save, *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		fprintf(stderr, " %s%s", line,
			*save ? "\n               " : "");
	fputc('\n', stderr);
	return true;
}

static void print_symbol(const struct symbols *symbols, uint64_t address)
{
	const char *name;
	uint64_t offset;

	if (symbols && symbols_function(symbols, address, &name, &offset))
		fprintf(stderr, " %s+0x%" PRIx64, name, offset);
	fputc('\n', stderr);
}

void backtrace_print(const struct pal *pal, const char *path)
{
	uint64_t offsets[PAL_BACKTRACE_MAX];
	size_t count = pal_backtrace(pal, offsets, PAL_BACKTRACE_MAX);
	struct symbols *symbols;
	char why[4200] = "";

	if (!count)
		return;
	symbols = symbols_open(path, why, sizeof(why));
	for (size_t i = 0; i < count; i++) {
		/* A return address is behind the call that is meant. */
		uint64_t address = PAL_IMAGE_BASE + offsets[i] - (i != 0);

		fprintf(stderr, "  #%-2zu 0x%-8" PRIx64, i, offsets[i]);
		if (!symbols || !print_lines(symbols_path(symbols), address))
			print_symbol(symbols, address);
	}
	if (!symbols)
		fprintf(stderr, "  (no names: %s)\n", why);
	symbols_close(symbols);
}
