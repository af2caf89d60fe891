/* SPDX-License-Identifier: BSD-2-Clause */
/* A PAL in a process: shared memory with it, its start and its end. */
#include "sim.h"
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "error.h"
#include "pal_host.h"
#include "sim/protocol.h"
#include "sim_instance.h"
#include "sim_peer.h"
#include "sim_process.h"

#define END_MILLISECONDS 1000

int sim_is_wanted(bool *answer)
{
	const char *backend = secure_getenv("PAL_BACKEND");

	*answer = backend && !strcmp(backend, "sim");
	if (*answer || !backend || !*backend || !strcmp(backend, "device"))
		return 0;
	return error_set(PAL_EINVAL,
			 "PAL_BACKEND=%s: there are device (the default) and "
			 "sim",
			 backend);
}

/* ---- Create -------------------------------------------------------------- */

static int system_error(const char *what)
{
	return error_set(errno == ENOMEM ? PAL_ENOMEM : PAL_EPROTO,
			 "the simulator cannot start: %s: %s", what,
			 strerror(errno));
}

/* Private to this process, like the window of a PAL under the hypervisor. */
static int map_shared(int descriptor, void *at, size_t size, off_t offset,
		      void **out)
{
	void *memory =
		mmap(at, size, PROT_READ | PROT_WRITE,
		     MAP_SHARED | (at ? MAP_FIXED : 0), descriptor, offset);

	if (memory == MAP_FAILED || madvise(memory, size, MADV_DONTFORK) ||
	    madvise(memory, size, MADV_DONTDUMP))
		return system_error("shared memory");
	*out = memory;
	return 0;
}

static int share(struct sim *sim, const struct sim_setup *setup, int descriptor)
{
	void *window, *shared, *behind;
	int status;

	sim->layout = sim_layout_of(setup->header, setup->window_size);
	if (ftruncate(descriptor, (off_t)sim->layout.end))
		return system_error("shared memory");
	status = map_shared(descriptor, NULL, SIM_WINDOW_OFFSET, 0, &shared);
	if (status)
		return status;
	sim->shared = shared;
	status = map_shared(descriptor, NULL,
			    sim->layout.end - sim->layout.callers,
			    (off_t)sim->layout.callers, &behind);
	if (status)
		return status;
	sim->behind = behind;
	sim->shared->window_size = setup->window_size;
	sim->shared->is_held = sim->shared->is_debugged = setup->is_held;
	memcpy((char *)shared + SIM_IDENTITY_OFFSET, setup->identity,
	       sizeof(*setup->identity));
	return map_shared(descriptor, setup->window, setup->window_size,
			  SIM_WINDOW_OFFSET, &window);
}

static const char *step_text(uint32_t step)
{
	switch ((enum sim_step)step) {
	case SIM_STEP_SHARED:
		return "mapping its shared memory";
	case SIM_STEP_IMAGE:
		return "mapping the image";
	case SIM_STEP_STACKS:
		return "mapping the stacks";
	case SIM_STEP_WINDOW:
		return "mapping the window";
	case SIM_STEP_THREADS:
		return "starting threads";
	case SIM_STEP_SANDBOX:
		return "the sandbox (seccomp)";
	case SIM_STEP_NONE:
		break;
	}
	return "an unknown step";
}

static int greet(struct sim *sim)
{
	struct sim_hello hello = {0};
	ssize_t got;

	do
		got = recv(sim->socket, &hello, sizeof(hello), 0);
	while (got < 0 && errno == EINTR);
	if (got != sizeof(hello))
		return error_set(PAL_EPROTO,
				 "the simulator cannot start: its process "
				 "ended at once");
	if (hello.step != SIM_STEP_NONE) {
		errno = hello.cause;
		return system_error(step_text(hello.step));
	}
	sim->pid = hello.pid;
	for (unsigned int i = 0; i < PAL_MAX_THREADS; i++)
		sim->tids[i] = sim->shared->calls[i].tid;
	return 0;
}

static int start_process(struct sim *sim, const struct sim_setup *setup,
			 int shared)
{
	int image = sim_process_memory("pal-image", setup->image,
				       setup->header->image_size);
	int status = share(sim, setup, shared);

	if (!status && image < 0)
		status = system_error("memory for the image");
	if (!status) {
		sim->socket = sim_process_start(image, shared);
		status = sim->socket < 0 ? system_error("its process")
					 : greet(sim);
	}
	if (image >= 0)
		close(image);
	return status;
}

int sim_create(const struct sim_setup *setup, struct sim **out)
{
	struct sim *sim = calloc(1, sizeof(*sim));
	int shared, status;

	if (!sim)
		return error_plain(PAL_ENOMEM);
	sim->socket = -1;
	sim->identity = *setup->identity;
	sim->thread_count = setup->header->thread_count;
	sim->arg_size = setup->header->arg_size;
	sim->is_peer = setup->header->flags & PAL_FLAG_PEER;
	shared = sim_process_memory("pal-shared", NULL, 0);
	if (shared < 0) {
		status = system_error("memory");
	} else {
		status = start_process(sim, setup, shared);
		close(shared);
	}
	if (status) {
		sim_destroy(sim);
		return status;
	}
	*out = sim;
	return 0;
}

size_t sim_backtrace(const struct sim *sim, uint64_t *offsets, size_t limit)
{
	const struct sim_fault *fault = &sim->shared->fault;
	size_t count = 0;

	if (!atomic_load(&sim->shared->end))
		return 0;
	while (count < limit && count < fault->frame_count &&
	       count < SIM_BACKTRACE_MAX) {
		offsets[count] = fault->frames[count];
		count++;
	}
	return count;
}

int sim_pid(const struct sim *sim)
{
	return sim->pid;
}

int sim_descriptor(const struct sim *sim)
{
	return sim->socket;
}

/* ---- End ----------------------------------------------------------------- */

void sim_forget(struct sim *sim)
{
	sim_peer_forget(sim);
	if (sim->socket >= 0)
		close(sim->socket);
	free(sim);
}

/* Its end of the socket closes as it ends: then wait() does not wait long. */
static void end_process(struct sim *sim)
{
	struct pollfd watched = {.fd = sim->socket, .events = POLLIN};
	int ready;

	shutdown(sim->socket, SHUT_WR);
	do
		ready = poll(&watched, 1, END_MILLISECONDS);
	while (ready < 0 && errno == EINTR);
	/* A program that waits for any child may have been first. */
	if (ready > 0 && sim->pid > 0)
		while (waitpid(sim->pid, NULL, 0) < 0 && errno == EINTR)
			;
}

void sim_destroy(struct sim *sim)
{
	sim_peer_close(sim);
	if (sim->socket >= 0)
		end_process(sim);
	sim_peer_wait(sim);
	if (sim->behind)
		munmap(sim->behind, sim->layout.end - sim->layout.callers);
	if (sim->shared)
		munmap(sim->shared, SIM_WINDOW_OFFSET);
	sim_forget(sim);
}
