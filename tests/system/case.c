/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parent counts and prints; the child runs the case and says in shared
 * memory how it went.
 */
#include "case.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "abi/ioctl.h"

#define EXPECTED_LOG "/run/expected-log"
#define WHY_SIZE     400
#define POLL_US	     20000
#define POLL_COUNT   6000

enum verdict { VERDICT_OK, VERDICT_FAILED, VERDICT_SKIPPED };

struct shared {
	enum verdict verdict;
	char why[WHY_SIZE];
};

static struct shared *shared;
static char **patterns;
static unsigned int failed_count, time_limit = 1200;
static bool is_verbose, is_hypervisor_expected = true;

void case_begin(int argc, char **argv)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		abort();
	setvbuf(stdout, NULL, _IOLBF, 0);
	patterns = argv + 1;
	if (argc > 1 && !strcmp(argv[1], "-v")) {
		is_verbose = true;
		patterns++;
	}
}

int case_end(void)
{
	return failed_count != 0;
}

void case_time_limit(unsigned int seconds)
{
	time_limit = seconds;
}

void case_expect_hypervisor(bool is_there)
{
	is_hypervisor_expected = is_there;
}

void case_fail(const char *format, ...)
{
	va_list arguments;

	if (shared->verdict == VERDICT_FAILED)
		return;
	va_start(arguments, format);
	vsnprintf(shared->why, sizeof(shared->why), format, arguments);
	va_end(arguments);
	shared->verdict = VERDICT_FAILED;
}

bool case_has_failed(void)
{
	return shared->verdict == VERDICT_FAILED;
}

void case_skip(const char *why)
{
	if (shared->verdict == VERDICT_OK) {
		snprintf(shared->why, sizeof(shared->why), "%s", why);
		shared->verdict = VERDICT_SKIPPED;
	}
	_exit(0);
}

void case_note(const char *format, ...)
{
	va_list arguments;

	if (!is_verbose)
		return;
	va_start(arguments, format);
	fputs("# ", stdout);
	vprintf(format, arguments);
	putchar('\n');
	va_end(arguments);
	fflush(stdout);
}

void case_expect_log(const char *pattern)
{
	FILE *file = fopen(EXPECTED_LOG, "a");

	if (!file)
		return;
	fprintf(file, "%s\n", pattern);
	fclose(file);
}

static bool is_wanted(const char *name)
{
	if (!*patterns)
		return true;
	for (char **pattern = patterns; *pattern; pattern++)
		if (!fnmatch(*pattern, name, 0))
			return true;
	return false;
}

static void judge_end(int status)
{
	if (WIFSIGNALED(status))
		case_fail("the case got signal %d (%s)", WTERMSIG(status),
			  strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		case_fail("the case ended with status %d", WEXITSTATUS(status));
}

static void wait_for_end(pid_t child)
{
	struct pollfd end = {.events = POLLIN};
	int status;

	end.fd = (int)syscall(SYS_pidfd_open, child, 0);
	if (poll(&end, 1, (int)time_limit * 1000) == 0) {
		case_fail("it did not end in %u s", time_limit);
		kill(-child, SIGKILL);
		kill(child, SIGKILL);
	}
	close(end.fd);
	if (waitpid(child, &status, 0) != child)
		case_fail("waitpid: %s", strerror(errno));
	else
		judge_end(status);
	kill(-child, SIGKILL); /* what it left behind */
}

static void check_afterwards(void)
{
	int status;

	if (!is_hypervisor_expected)
		return;
	if (!case_wait_pal_count(0))
		case_fail("afterwards %d PALs were left", case_pal_count());
	status = case_good_pal_works();
	if (status)
		case_fail("afterwards a good PAL did not work: %d (%s)", status,
			  pal_error_text());
}

static void print_verdict(const char *name)
{
	switch (shared->verdict) {
	case VERDICT_OK:
		printf("ok %s\n", name);
		break;
	case VERDICT_FAILED:
		printf("not ok %s - %s\n", name, shared->why);
		failed_count++;
		break;
	case VERDICT_SKIPPED:
		printf("skip %s - %s\n", name, shared->why);
		break;
	}
	fflush(stdout);
}

void case_run(const char *name, void (*function)(void))
{
	pid_t child;

	if (!is_wanted(name))
		return;
	*shared = (struct shared){.verdict = VERDICT_OK};
	child = fork();
	if (child == 0) {
		setpgid(0, 0);
		function();
		_exit(0);
	}
	if (child < 0)
		case_fail("fork: %s", strerror(errno));
	else
		wait_for_end(child);
	check_afterwards();
	print_verdict(name);
}

static void path_of(const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s%s.pal", CASE_FOLDER, name);
}

struct pal *case_open(const char *name)
{
	struct pal *pal = NULL;
	char path[128];

	path_of(name, path, sizeof(path));
	if (pal_open(path, &pal))
		case_fail("cannot open %s: %s", path, pal_error_text());
	return pal;
}

unsigned char *case_image(const char *name, size_t *size)
{
	unsigned char *image;
	struct stat state;
	char path[128];
	int file;

	path_of(name, path, sizeof(path));
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || fstat(file, &state)) {
		case_fail("cannot read %s", path);
		_exit(0);
	}
	*size = (size_t)state.st_size;
	image = malloc(*size);
	if (!image || read(file, image, *size) != (ssize_t)*size)
		abort();
	close(file);
	return image;
}

int case_call(struct pal *pal, unsigned int entry, uint64_t in, uint64_t *out)
{
	uint64_t answer = 0;
	size_t size = 0;
	int status = pal_call(pal, entry, &in, sizeof(in), &answer,
			      sizeof(answer), &size);

	if (!status && size == sizeof(answer) && out)
		*out = answer;
	return status;
}

int case_good_pal_works(void)
{
	struct pal *pal;
	uint64_t answer = 0;
	int status = pal_open(CASE_FOLDER "good.pal", &pal);

	if (status)
		return status;
	status = case_call(pal, 0, 41, &answer);
	if (!status && answer != 42)
		status = PAL_EPROTO;
	pal_close(pal);
	return status;
}

int case_pal_count(void)
{
	struct palisade_info info = {.size = sizeof(info)};
	int device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);
	int count = -1;

	if (device >= 0 && !ioctl(device, PALISADE_INFO, &info))
		count = (int)info.memory.pal_count;
	if (device >= 0)
		close(device);
	return count;
}

bool case_wait_pal_count(int wanted)
{
	for (int i = 0; i < POLL_COUNT; i++) {
		if (case_pal_count() == wanted)
			return true;
		usleep(POLL_US);
	}
	return false;
}

/* xorshift64*: small, and good enough to pick test values. */
uint64_t case_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1d;
}
