/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process is started as posix_spawn() does it: sharing our memory until
 * its exec, all signals blocked.  It is our child, so that who closes the PAL
 * can make sure that nothing is left of it.
 */
#include "sim_process.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h> /* memfd_create() */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sim/protocol.h"

#define FD_PROGRAM	4
#define FD_PROGRAM_PATH "/proc/self/fd/4"
#define FD_COUNT	5
/* dup() to numbers below this one would meet those that we still need. */
#define FD_ASIDE	16
#define FD_LIMIT	65536

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* The program of the process (sim_program.S). */
extern const unsigned char sim_program[], sim_program_end[];

struct start {
	int files[FD_COUNT]; /* by their numbers there; -1: none */
	volatile int cause; /* errno, of whatever failed */
};

static int write_all(int descriptor, const unsigned char *bytes, size_t size)
{
	while (size) {
		ssize_t part = write(descriptor, bytes, size);

		if (part < 0 && errno == EINTR)
			continue;
		if (part < 0)
			return -1;
		bytes += part;
		size -= (size_t)part;
	}
	return 0;
}

int sim_process_memory(const char *name, const void *bytes, size_t size)
{
	int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_EXEC);

	if (descriptor < 0 && errno == EINVAL)
		descriptor = memfd_create(name, MFD_CLOEXEC);
	if (descriptor >= 0 && write_all(descriptor, bytes, size)) {
		int cause = errno;

		close(descriptor);
		errno = cause;
		return -1;
	}
	return descriptor;
}

/* ---- In the new process, before its exec --------------------------------- */

static void close_from(unsigned int first)
{
	struct rlimit limit;

	if (!syscall(SYS_close_range, first, ~0U, 0))
		return;
	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur > FD_LIMIT)
		limit.rlim_cur = FD_LIMIT;
	for (unsigned int i = first; i < limit.rlim_cur; i++)
		close((int)i);
}

static int place_files(struct start *start)
{
	for (int i = 0; i < FD_COUNT; i++) {
		if (start->files[i] < 0)
			continue;
		start->files[i] = fcntl(start->files[i], F_DUPFD, FD_ASIDE);
		if (start->files[i] < 0)
			return -1;
	}
	for (int i = 0; i < FD_COUNT; i++) {
		close(i);
		if (start->files[i] >= 0 && dup2(start->files[i], i) < 0)
			return -1;
	}
	close_from(FD_COUNT);
	return fcntl(FD_PROGRAM, F_SETFD, FD_CLOEXEC);
}

static _Noreturn void become_process(struct start *start)
{
	static char *const arguments[] = {(char *)(uintptr_t) "pal-sim", NULL};
	static char *const environment[] = {NULL};

	if (!place_files(start)) {
		syscall(SYS_execveat, FD_PROGRAM, "", arguments, environment,
			AT_EMPTY_PATH);
		/* valgrind only knows files by their names. */
		execve(FD_PROGRAM_PATH, arguments, environment);
	}
	start->cause = errno;
	_exit(1);
}

/* ---- In ours ------------------------------------------------------------- */

/* 0 or an errno.  Not fork(): copying a large program takes long. */
static int run_start(struct start *start)
{
	sigset_t all, before;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid = vfork();
	if (!pid)
		become_process(start);
	if (pid < 0)
		start->cause = errno;
	else if (start->cause)
		waitpid(pid, NULL, 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return start->cause;
}

int sim_process_start(int image, int shared)
{
	struct start start = {.files = {-1, image, shared, -1, -1}};
	int sockets[2], parent, program, cause = 0;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		return -1;
	program = sim_process_memory("pal-sim", sim_program,
				     (size_t)(sim_program_end - sim_program));
	if (program < 0)
		cause = errno;
	parent = (int)syscall(SYS_pidfd_open, getpid(), 0);
	start.files[SIM_FD_SOCKET] = sockets[1];
	start.files[SIM_FD_PARENT] = parent;
	start.files[FD_PROGRAM] = program;
	if (!cause)
		cause = run_start(&start);
	close(sockets[1]);
	if (parent >= 0)
		close(parent);
	if (program >= 0)
		close(program);
	if (!cause)
		return sockets[0];
	close(sockets[0]);
	errno = cause;
	return -1;
}
