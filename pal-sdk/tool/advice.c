/* SPDX-License-Identifier: BSD-2-Clause */
#include "advice.h"
#include <stddef.h>
#include <string.h>

/* Names between blanks; one that ends with * stands for all that begin so. */
static const struct {
	const char *names;
	const char *advice;
} table[] = {
	{" printf fprintf vprintf vfprintf dprintf puts putchar putc fputs "
	 "fputc perror stdout stderr __printf_chk __fprintf_chk ",
	 "they have no terminal; use pal_log() and PAL_DEBUG, or return the "
	 "text as output"},
	{" sprintf vsprintf asprintf vasprintf __sprintf_chk ",
	 "use snprintf()"},
	{" fopen fdopen fclose fread fwrite fseek ftell fgets fgetc getc "
	 "getchar getline fflush scanf fscanf stdin open openat close read "
	 "write lseek stat fstat unlink rename mkdir opendir mmap ",
	 "they have no files; let the program pass the data as input, or "
	 "share it (pal_open_with_data)"},
	{" socket connect bind listen accept send recv select poll ",
	 "they have no network; let the program pass the data as input"},
	{" time clock gettimeofday clock_gettime localtime gmtime mktime ",
	 "they have no clock; let the program pass the time, which it can "
	 "forge"},
	{" sleep usleep nanosleep ",
	 "they have no clock; let the program wait between calls"},
	{" rand srand rand_r random srandom drand48 getrandom getentropy "
	 "arc4random arc4random_buf ",
	 "use pal_random()"},
	{" exit _exit _Exit quick_exit atexit ",
	 "return an error from the function, or end the PAL with abort()"},
	{" pthread_* thrd_* mtx_* fork clone ",
	 "the program brings the threads (PAL_THREADS); lock with "
	 "<stdatomic.h>"},
	{" getenv secure_getenv getpid getuid system execve execvp ",
	 "they know nothing of the process; let the program pass it as input"},
	{" signal sigaction kill raise setjmp longjmp ",
	 "they have no signals; a fault ends the PAL"},
};

/* Is the name in the list, which is text between blanks? */
static int is_listed(const char *names, const char *name)
{
	size_t length;

	for (const char *at = names + 1; *at; at += length + 1) {
		length = strcspn(at, " ");
		if (at[length - 1] == '*' ? !strncmp(at, name, length - 1)
					  : strlen(name) == length &&
						    !strncmp(at, name, length))
			return 1;
	}
	return 0;
}

const char *advice_for(const char *function)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (is_listed(table[i].names, function))
			return table[i].advice;
	return "write it, or add the source or library that has it";
}
