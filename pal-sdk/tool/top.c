/* SPDX-License-Identifier: BSD-2-Clause */
/* pal top: status again and again. */
#include "top.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "command.h"

#define DEFAULT_SECONDS 2
#define MOST_SECONDS	86400
#define CLEAR_SCREEN	"\033[H\033[2J"

static const struct option_rule rules[] = {
	{'d', "delay", "SECONDS", "between two screens; default 2"},
	{'n', "count", "NUMBER",
	 "how many screens; default: no end on a "
	 "terminal, else 1"},
	{'j', "json", NULL, "print JSON, a line instead of each screen"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal top [--delay SECONDS] [--count NUMBER] [--json]",
	.text = "Show what the hypervisor and its PALs do: exits by kind and "
		"CPU, PALs with owner,\nmemory and calls, the busiest first.  "
		"Ctrl-C ends it.  The first screen shows the\nfirst delay.\n"
		"Exit status 5 when the hypervisor is not running.\n",
	.options = rules,
	.operand_count = 0,
};

struct top {
	uint64_t seconds;
	uint64_t count; /* 0: no end */
	bool is_terminal, as_json;
};

static unsigned int row_count(const struct top *top)
{
	struct winsize size;

	if (!top->is_terminal)
		return ~0U;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row < 2)
		return 23;
	return size.ws_row - 1U;
}

static double now_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void wait_seconds(uint64_t seconds)
{
	struct timespec time = {.tv_sec = (time_t)seconds};

	while (nanosleep(&time, &time) && errno == EINTR)
		;
}

static void print_screen(const struct top *top, uint64_t number,
			 const struct status *last, const struct status *next,
			 double seconds)
{
	if (top->is_terminal)
		fputs(CLEAR_SCREEN, stdout);
	else if (number)
		putchar('\n');
	top_print(last, next, seconds, row_count(top));
}

static int watch(const struct top *top)
{
	static struct status looks[2];
	double before = now_seconds();
	int result = status_read(&looks[0]);

	for (uint64_t i = 0; !result && (!top->count || i < top->count); i++) {
		struct status *last = &looks[i % 2];
		struct status *next = &looks[(i + 1) % 2];
		double now;

		wait_seconds(top->seconds);
		result = status_read(next);
		if (result)
			break;
		now = now_seconds();
		if (top->as_json)
			top_print_json(last, next, now - before);
		else
			print_screen(top, i, last, next, now - before);
		before = now;
		result = finish_output();
	}
	return result;
}

int command_top(int argc, char **argv)
{
	struct top top = {
		.seconds = DEFAULT_SECONDS,
		.is_terminal = isatty(STDOUT_FILENO),
	};
	int option;

	top.count = top.is_terminal ? 0 : 1;
	while ((option = option_next(argc, argv, &usage)) > 0) {
		uint64_t *value;
		uint64_t most;

		if (option == 'j') {
			top.as_json = true;
			continue;
		}
		value = option == 'd' ? &top.seconds : &top.count;
		most = option == 'd' ? MOST_SECONDS : UINT32_MAX;
		if (!parse_number(optarg, most, value) || !*value) {
			report("top: '%s' is not a number from 1 on", optarg);
			return EXIT_USAGE;
		}
	}
	if (option != OPTION_END)
		return option_exit(option);
	return watch(&top);
}
