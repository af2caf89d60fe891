/* SPDX-License-Identifier: BSD-2-Clause */
/* Command lines: building and running them, never through a shell. */
#include "words.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "command.h"

static void add_owned(struct words *words, char *word)
{
	size_t size = (words->count + 2) * sizeof(*words->list);
	char **list = word ? realloc(words->list, size) : NULL;

	if (!list) {
		report("out of memory");
		exit(EXIT_FAILURE);
	}
	words->list = list;
	list[words->count++] = word;
	list[words->count] = NULL;
}

void words_add(struct words *words, const char *format, ...)
{
	va_list args;
	char *word;

	va_start(args, format);
	if (vasprintf(&word, format, args) < 0)
		word = NULL;
	va_end(args);
	add_owned(words, word);
}

void words_split(struct words *words, const char *text)
{
	static const char blanks[] = " \t\n";
	size_t length;

	for (text += strspn(text, blanks); *text;
	     text += length, text += strspn(text, blanks)) {
		length = strcspn(text, blanks);
		add_owned(words, strndup(text, length));
	}
}

void words_append(struct words *words, const struct words *from, size_t first)
{
	for (size_t i = first; i < from->count; i++)
		add_owned(words, strdup(from->list[i]));
}

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

static int start(const struct words *words,
		 const posix_spawn_file_actions_t *actions, pid_t *child)
{
	int cause = posix_spawnp(child, words->list[0], actions, NULL,
				 words->list, environ);

	errno = cause;
	return cause ? -1 : 0;
}

int words_run(const struct words *words)
{
	pid_t child;

	return start(words, NULL, &child) ? -1 : wait_for(child);
}

int words_run_quietly(const struct words *words)
{
	posix_spawn_file_actions_t actions;
	pid_t child;
	int status;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
					 O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO,
					 STDERR_FILENO);
	status = start(words, &actions, &child);
	posix_spawn_file_actions_destroy(&actions);
	return status ? -1 : wait_for(child);
}

/* The rest is read and dropped, so that the child can end. */
static void read_line(int descriptor, char *text, size_t size)
{
	FILE *from = fdopen(descriptor, "r");

	text[0] = '\0';
	if (!from) {
		close(descriptor);
		return;
	}
	if (fgets(text, (int)size, from)) {
		text[strcspn(text, "\n")] = '\0';
		while (getc(from) != EOF)
			;
	}
	fclose(from);
}

int words_ask(const struct words *words, char *text, size_t size)
{
	posix_spawn_file_actions_t actions;
	int ends[2], status;
	pid_t child;

	if (pipe(ends))
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	posix_spawn_file_actions_addclose(&actions, ends[1]);
	status = start(words, &actions, &child);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (status) {
		close(ends[0]);
		return status;
	}
	read_line(ends[0], text, size);
	return wait_for(child);
}

void words_free(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->list[i]);
	free(words->list);
	*words = (struct words){0};
}
