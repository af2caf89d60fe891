/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpal is in one ioctl all the time, so a thread of its own asks the module
 * how far the PAL is: loaded in pages, then measured in pages.  The simulator
 * and pald do not tell; then there are seconds.  The thread also takes the
 * signals that would end the program, to wipe the line first.
 */
#include "progress.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "abi/ioctl.h"
#include "abi/pal_image.h"
#include "host/device.h"

#define FIRST_MILLISECONDS 300
#define NEXT_MILLISECONDS  100
#define WAKE		   SIGUSR2 /* the PAL is there */

struct progress {
	const char *name;
	pthread_t thread;
	sigset_t signals; /* that the thread takes */
	sigset_t before; /* the program's mask */
	uint64_t image_pages; /* 0: unknown */
	bool is_measuring; /* here; else a PAL is being made */
	_Atomic uint64_t measured; /* bytes */
	int device; /* -1: no way to ask */
	uint32_t slot; /* where the PAL was last */
	unsigned int milliseconds; /* waited so far */
	int width; /* characters of the line that is there */
};

static uint64_t percent(uint64_t part, uint64_t whole)
{
	return part < whole ? part * 100 / whole : 100;
}

/* Ask for the PAL that this process is making. */
static bool find_pal(struct progress *progress, struct hv_pal_info *pal)
{
	for (uint32_t i = 0; i < HV_MAX_PALS; i++) {
		struct palisade_slot_info request = {
			.size = sizeof(request),
			.slot = (progress->slot + i) % HV_MAX_PALS,
		};

		if (ioctl(progress->device, PALISADE_SLOT_INFO, &request) ||
		    request.pid != (uint32_t)getpid() ||
		    (request.pal.state != PAL_LOADING &&
		     request.pal.state != PAL_WAITING))
			continue;
		progress->slot = request.slot;
		*pal = request.pal;
		return true;
	}
	return false;
}

static void describe_measuring(struct progress *progress, const char *name,
			       char *text, size_t size)
{
	uint64_t done = atomic_load(&progress->measured);
	uint64_t whole = progress->image_pages * PAL_PAGE_SIZE;

	if (!done || !whole)
		snprintf(text, size, "pal: %.30s: reading, %u s", name,
			 progress->milliseconds / 1000);
	else
		snprintf(text, size, "pal: %.30s: measuring %llu %%", name,
			 (unsigned long long)percent(done, whole));
}

static void describe(struct progress *progress, char *text, size_t size)
{
	const char *slash = strrchr(progress->name, '/');
	const char *name = slash ? slash + 1 : progress->name;
	struct hv_pal_info pal;

	if (progress->is_measuring)
		describe_measuring(progress, name, text, size);
	else if (progress->device < 0 || !progress->image_pages ||
	    !find_pal(progress, &pal))
		snprintf(text, size, "pal: %.30s: loading, %u s", name,
			 progress->milliseconds / 1000);
	else if (pal.state == PAL_LOADING)
		snprintf(text, size, "pal: %.30s: loading %llu %%", name,
			 (unsigned long long)percent(pal.page_count,
						     progress->image_pages));
	else
		snprintf(text, size, "pal: %.30s: checking %llu %%", name,
			 (unsigned long long)percent(pal.measured_count,
						     progress->image_pages));
}

/* Also wipes what an earlier, longer line had. */
static void show(struct progress *progress, const char *text)
{
	int length = (int)strlen(text);

	fprintf(stderr, "\r%-*s", progress->width, text);
	if (!length)
		fputc('\r', stderr);
	fflush(stderr);
	progress->width = length;
}

/* As if nobody had taken the signal; it may be one that is ignored. */
static void pass_on(const struct progress *progress, int signal)
{
	sigset_t only;

	sigemptyset(&only);
	sigaddset(&only, signal);
	kill(getpid(), signal);
	pthread_sigmask(SIG_UNBLOCK, &only, NULL);
	pthread_sigmask(SIG_BLOCK, &progress->signals, NULL);
}

static void *watch(void *argument)
{
	struct progress *progress = argument;
	unsigned int wait = FIRST_MILLISECONDS;
	char text[80];
	int signal = 0;

	while (signal != WAKE) {
		const struct timespec interval = {0, wait * 1000000L};

		signal = sigtimedwait(&progress->signals, NULL, &interval);
		if (signal > 0 && progress->width)
			show(progress, "");
		if (signal > 0 && signal != WAKE)
			pass_on(progress, signal);
		if (signal > 0)
			continue;
		if (!progress->is_measuring && progress->device < 0 &&
		    !progress->milliseconds)
			progress->device = device_open();
		progress->milliseconds += wait;
		wait = NEXT_MILLISECONDS;
		describe(progress, text, sizeof(text));
		show(progress, text);
	}
	return NULL;
}

static void block_signals(struct progress *progress)
{
	sigemptyset(&progress->signals);
	sigaddset(&progress->signals, SIGINT);
	sigaddset(&progress->signals, SIGTERM);
	sigaddset(&progress->signals, SIGHUP);
	sigaddset(&progress->signals, SIGQUIT);
	sigaddset(&progress->signals, WAKE);
	pthread_sigmask(SIG_BLOCK, &progress->signals, &progress->before);
}

static struct progress *begin(const char *name, bool is_measuring)
{
	struct progress *progress;
	struct stat file;

	if (!isatty(STDERR_FILENO))
		return NULL;
	progress = calloc(1, sizeof(*progress));
	if (!progress)
		return NULL;
	progress->name = name;
	progress->is_measuring = is_measuring;
	progress->device = -1;
	if (!stat(name, &file))
		progress->image_pages = (uint64_t)file.st_size / PAL_PAGE_SIZE;
	block_signals(progress);
	if (!pthread_create(&progress->thread, NULL, watch, progress))
		return progress;
	pthread_sigmask(SIG_SETMASK, &progress->before, NULL);
	free(progress);
	return NULL;
}

struct progress *progress_begin(const char *name)
{
	return begin(name, false);
}

struct progress *progress_begin_measuring(const char *name)
{
	return begin(name, true);
}

void progress_measured(void *progress, size_t done)
{
	struct progress *told = progress;

	if (told)
		atomic_store(&told->measured, done);
}

void progress_end(struct progress *progress)
{
	if (!progress)
		return;
	pthread_kill(progress->thread, WAKE);
	pthread_join(progress->thread, NULL);
	if (progress->device >= 0)
		close(progress->device);
	pthread_sigmask(SIG_SETMASK, &progress->before, NULL);
	free(progress);
}
