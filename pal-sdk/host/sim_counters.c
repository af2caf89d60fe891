/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table is whole at each step of a writer (crypto/notary/register.h), so
 * what a program leaves behind that was killed in the middle is good.
 */
#include "sim_counters.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "error.h"
#include "pal_host.h"
#include "sim_process.h"

/* A descriptor, or -1. */
static int open_table(struct sim_counters *counters)
{
	const char *folder = secure_getenv("PAL_SIM_STATE");
	int descriptor;

	if (!folder || !*folder) {
		descriptor = sim_process_memory("pal-counters", NULL, 0);
		snprintf(counters->path, sizeof(counters->path),
			 "/proc/self/fd/%d", descriptor);
		return descriptor;
	}
	if (snprintf(counters->path, sizeof(counters->path), "%s/counters",
		     folder) >= (int)sizeof(counters->path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(counters->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

/* New, or as one of us has left it. */
static int map_table(struct sim_counters *counters, int descriptor)
{
	const size_t size = sizeof(*counters->table);
	struct stat about;
	void *memory;

	if (fstat(descriptor, &about))
		return -1;
	if (about.st_size == 0 && ftruncate(descriptor, (off_t)size))
		return -1;
	if (about.st_size != 0 && about.st_size != (off_t)size) {
		errno = EINVAL;
		return -1;
	}
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
		      descriptor, 0);
	if (memory == MAP_FAILED)
		return -1;
	counters->table = memory;
	return 0;
}

int sim_counters_open(struct sim_counters *counters)
{
	int descriptor = open_table(counters);
	int err = descriptor < 0 ? -1 : map_table(counters, descriptor);
	bool is_file = strncmp(counters->path, "/proc/self/fd/", 14);

	if (err)
		error_set(PAL_EIO, "%s: %s (PAL_SIM_STATE)", counters->path,
			  errno == EINVAL ? "not a file of counters"
					  : strerror(errno));
	/* What is in memory only is there for as long as it is open. */
	if (descriptor >= 0 && (err || is_file))
		close(descriptor);
	return err ? PAL_EIO : 0;
}

void sim_counters_close(struct sim_counters *counters)
{
	int descriptor;

	munmap(counters->table, sizeof(*counters->table));
	if (sscanf(counters->path, "/proc/self/fd/%d", &descriptor) == 1)
		close(descriptor);
}

/* Threads and children share what is locked if they share a descriptor. */
int sim_counters_lock(const struct sim_counters *counters)
{
	int lock = open(counters->path, O_RDWR | O_CLOEXEC);

	if (lock < 0)
		return -1;
	while (flock(lock, LOCK_EX))
		if (errno != EINTR) {
			close(lock);
			return -1;
		}
	return lock;
}

void sim_counters_unlock(int lock)
{
	close(lock);
}
