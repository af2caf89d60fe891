/* SPDX-License-Identifier: BSD-2-Clause */
/* What `pal run` shows at a terminal while it loads a large image. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "abi/hypercall.h"
#include "abi/pal_image.h"
#include "case.h"

#define IMAGE	    "/run/large.pal"
#define LARGE	    (48UL << 20)
#define FILLER_BASE (PAL_IMAGE_BASE + (64UL << 20))

static char shown[65536]; /* on the terminal, as far as read */
static size_t shown_size;

/* good.pal with many pages of zeros behind it. */
static bool write_image(void)
{
	size_t size;
	unsigned char *image = case_image("good", &size);
	struct pal_image_header *header = (void *)image;
	int file = open(IMAGE, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	bool is_good;

	size = header->image_size;
	header->segments[header->segment_count++] = (struct pal_image_segment){
		.base = FILLER_BASE,
		.memory_size = LARGE,
		.file_size = LARGE,
		.access = PAL_ACCESS_R,
	};
	header->image_size += LARGE;
	is_good = file >= 0 && write(file, image, size) == (ssize_t)size &&
		  !ftruncate(file, (off_t)header->image_size);
	close(file);
	free(image);
	return is_good;
}

/* pal run, with a terminal for its messages; returns the terminal. */
static int start(pid_t *child)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	const char *name;
	int end;

	if (terminal < 0 || grantpt(terminal) || unlockpt(terminal))
		return -1;
	name = ptsname(terminal);
	end = name ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
	if (end < 0)
		return -1;
	*child = fork();
	if (!*child) {
		dup2(end, STDERR_FILENO);
		execlp("pal", "pal", "run", "-n", "-e", "99", IMAGE, NULL);
		_exit(127);
	}
	close(end);
	return terminal;
}

/* Read until these words have come; false: it ended before. */
static bool read_until(int terminal, const char *words)
{
	while (!words || !strstr(shown, words)) {
		ssize_t size = read(terminal, shown + shown_size,
				    sizeof(shown) - 1 - shown_size);

		if (size <= 0)
			return false;
		shown_size += (size_t)size;
		shown[shown_size] = '\0';
	}
	return true;
}

/* The percentages behind these words only rise; returns the last. */
static int check_rising(const char *words)
{
	int last = -1;

	for (const char *at = shown; (at = strstr(at, words));) {
		int percent = atoi(at += strlen(words));

		CHECK(percent >= last && percent <= 100);
		last = percent;
	}
	return last;
}

static void a_large_load_shows_how_far_it_is(void)
{
	int terminal, status;
	pid_t child;

	REQUIRE(write_image());
	terminal = start(&child);
	REQUIRE(terminal >= 0);
	read_until(terminal, NULL);
	REQUIRE(waitpid(child, &status, 0) == child);
	case_note("%s", shown);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	check_rising("large.pal: loading ");
	CHECK(check_rising("large.pal: checking ") > 0);
	CHECK(strstr(shown, "no entry"));
	unlink(IMAGE);
}

static void ctrl_c_meanwhile_leaves_nothing(void)
{
	int terminal, status;
	pid_t child;

	REQUIRE(write_image());
	terminal = start(&child);
	REQUIRE(terminal >= 0);
	REQUIRE(read_until(terminal, "large.pal: checking "));
	kill(child, SIGINT);
	read_until(terminal, NULL);
	REQUIRE(waitpid(child, &status, 0) == child);
	case_note("%s", shown);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	CHECK(shown_size && shown[shown_size - 1] == '\r');
	CHECK(case_wait_pal_count(0));
	unlink(IMAGE);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_large_load_shows_how_far_it_is);
	RUN(ctrl_c_meanwhile_leaves_nothing);
	return case_end();
}
