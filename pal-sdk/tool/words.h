/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of a command line that is being built. */
#ifndef TOOL_WORDS_H
#define TOOL_WORDS_H

#include <stddef.h>

/* Begins as {0}; `list` ends with NULL, as execvp() wants it. */
struct words {
	char **list;
	size_t count;
};

/* Add a word by the rules of printf().  Out of memory ends the program. */
void words_add(struct words *words, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Add each word of text, which are separated by blanks. */
void words_split(struct words *words, const char *text);

/* Add the words of `from` from number `first` on. */
void words_append(struct words *words, const struct words *from, size_t first);

/*
 * Run the program that words[0] names, found like a shell does, and wait.
 * Returns its exit status, EXIT_FAILURE when a signal ended it, or -1 and errno
 * when it could not be run.
 */
int words_run(const struct words *words);

/* The same, with its output and its messages thrown away. */
int words_run_quietly(const struct words *words);

/*
 * Run it with its output going to text[size]: the first line, without its end.
 * Returns as words_run().
 */
int words_ask(const struct words *words, char *text, size_t size);

void words_free(struct words *words);

#endif /* TOOL_WORDS_H */
