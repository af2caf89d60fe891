/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes Linux's memory while the pool has to grow: who opens a PAL is told that
 * there is none, and afterwards all is as before.
 */
#include <pal_host.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../system/case.h"
#include "abi/pal_image.h"

#define PAL_MEMORY (24ul << 20)	/* of the PAL that is to be had */
#define TRIES	   5u
#define PIECE	   0x40000u
#define LEFT_KIB   8000u	/* beyond what Linux keeps: few blocks */

/* The number behind these words in a file of Linux'. */
static unsigned long number_in(const char *name, const char *words)
{
	FILE *file = fopen(name, "re");
	unsigned long number = 0;
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, words, strlen(words)))
			number = strtoul(line + strlen(words), NULL, 10);
	if (file)
		fclose(file);
	return number;
}

static bool is_memory_left(void)
{
	return number_in("/proc/meminfo", "MemFree:") >
	       number_in("/proc/sys/vm/min_free_kbytes", "") + LEFT_KIB;
}

/* If memory is so short that Linux kills somebody, then this one. */
static void be_killed_first(void)
{
	FILE *file = fopen("/proc/self/oom_score_adj", "we");

	if (!file || fputs("1000", file) < 0 || fclose(file))
		case_fail("no oom_score_adj");
}

_Noreturn static void take_memory(int ready)
{
	be_killed_first();
	while (is_memory_left()) {
		void *piece = mmap(NULL, PIECE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (piece == MAP_FAILED)
			break;
		memset(piece, 1, PIECE);
	}
	if (write(ready, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* It holds all of Linux's memory, or has been killed, when this returns. */
static pid_t start_taker(void)
{
	int ends[2];
	pid_t taker;
	char byte;

	if (pipe(ends))
		abort();
	taker = fork();
	if (!taker) {
		close(ends[0]);
		take_memory(ends[1]);
	}
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		case_note("it was killed at once");
	close(ends[0]);
	return taker;
}

/* "good", which wants more. */
static int open_large(struct pal **pal)
{
	size_t size;
	unsigned char *image = case_image("good", &size);
	struct pal_image_header *header = (void *)image;
	int status;

	header->segments[header->segment_count - 1].memory_size = PAL_MEMORY;
	status = pal_open_image(image, size, pal);
	free(image);
	return status;
}

static void check_it_opens(void)
{
	uint64_t answer = 0;
	struct pal *pal;

	REQUIRE(!open_large(&pal));
	CHECK_EQ(case_call(pal, 0, 41, &answer), 0);
	CHECK_EQ(answer, 42);
	pal_close(pal);
	CHECK(case_wait_pal_count(0));
}

static void end_taker(pid_t taker)
{
	kill(taker, SIGKILL);
	waitpid(taker, NULL, 0);
}

/* Where it opens all the same, Linux has killed the taker for somebody. */
static unsigned int open_while_memory_is_short(void)
{
	pid_t taker = start_taker();
	unsigned int refused_count = 0;

	for (unsigned int i = 0; i < TRIES; i++) {
		struct pal *pal;
		int status = open_large(&pal);

		if (status) {
			CHECK_EQ(status, PAL_ENOMEM);
			refused_count++;
			continue;
		}
		pal_close(pal);
		end_taker(taker);
		taker = start_taker();
	}
	end_taker(taker);
	return refused_count;
}

static void a_pool_that_cannot_grow_is_an_error(void)
{
	unsigned int refused_count = 0;

	check_it_opens();
	for (int i = 0; i < 10 && refused_count < TRIES; i++)
		refused_count += open_while_memory_is_short();
	case_note("%u times there was none", refused_count);
	CHECK(refused_count >= TRIES);
	check_it_opens();
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	/* What Linux says when it kills whom it may. */
	case_expect_log("oom|Out of memory|Call Trace:");
	RUN(a_pool_that_cannot_grow_is_an_error);
	return case_end();
}
