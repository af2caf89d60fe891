/* SPDX-License-Identifier: BSD-2-Clause */
/* A PAL in a process: shared memory with it, calls through a futex, its end. */
#include "sim.h"
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "abi/hypercall.h"
#include "error.h"
#include "pal_host.h"
#include "sim/protocol.h"
#include "sim_process.h"

/* How often a waiting caller looks whether the process is still there. */
#define LOOK_NANOSECONDS 50000000
#define END_MILLISECONDS 1000

struct sim {
	struct sim_shared *shared;
	int socket;
	int pid;
	atomic_flag is_running[PAL_MAX_THREADS];
	_Atomic int was_reported; /* HV_EFAULT was given out */
};

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
	void *window, *shared;
	int status = 0;

	if (ftruncate(descriptor,
		      (off_t)(SIM_WINDOW_OFFSET + setup->window_size)))
		return system_error("shared memory");
	status = map_shared(descriptor, NULL, SIM_WINDOW_OFFSET, 0, &shared);
	if (status)
		return status;
	sim->shared = shared;
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

/* ---- Call ---------------------------------------------------------------- */

static bool is_gone(const struct sim *sim)
{
	struct pollfd watched = {.fd = sim->socket, .events = POLLIN};

	return poll(&watched, 1, 0) > 0;
}

/* The hypervisor's answer for a PAL that was ended. */
static struct hypercall_result answer_dead(struct sim *sim)
{
	struct sim_shared *shared = sim->shared;
	struct hypercall_result result = {.rdx = PAL_FAULT_KILLED};

	if (atomic_load(&shared->end)) {
		result.rdx = shared->fault.word;
		result.rcx = shared->fault.frames[0];
		result.r8 = shared->fault.address;
	}
	result.status =
		atomic_exchange(&sim->was_reported, 1) ? HV_EDEAD : HV_EFAULT;
	return result;
}

/* Returns false when the PAL or its process has ended instead. */
static bool wait_for_answer(struct sim *sim, struct sim_call *call)
{
	const struct timespec timeout = {.tv_nsec = LOOK_NANOSECONDS};
	bool was_gone = false;

	while (atomic_load(&call->turn) == SIM_TURN_CALLED) {
		/* It may have answered just before its end: look once more. */
		if (was_gone)
			return false;
		if (syscall(SYS_futex, &call->turn, FUTEX_WAIT, SIM_TURN_CALLED,
			    &timeout, NULL, 0) &&
		    errno == ETIMEDOUT)
			was_gone = is_gone(sim);
	}
	return atomic_load(&call->turn) == SIM_TURN_RETURNED;
}

static struct hypercall_result call_thread(struct sim *sim,
					   struct sim_call *call,
					   uint64_t entry, uint64_t in_size,
					   uint64_t out_size)
{
	if (atomic_load(&sim->shared->end))
		return answer_dead(sim);
	call->entry = entry;
	call->in_size = in_size;
	call->out_size = out_size;
	atomic_store(&call->turn, SIM_TURN_CALLED);
	syscall(SYS_futex, &call->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
	if (!wait_for_answer(sim, call))
		return answer_dead(sim);
	return (struct hypercall_result){
		.status = HV_OK,
		.rdx = (uint64_t)call->result,
	};
}

struct hypercall_result sim_call(struct sim *sim, unsigned int thread,
				 uint64_t entry, uint64_t in_size,
				 uint64_t out_size)
{
	struct hypercall_result result = {.status = HV_EBUSY};

	if (atomic_flag_test_and_set(&sim->is_running[thread]))
		return result;
	result = call_thread(sim, &sim->shared->calls[thread], entry, in_size,
			     out_size);
	atomic_flag_clear(&sim->is_running[thread]);
	return result;
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
	if (sim->socket >= 0)
		end_process(sim);
	if (sim->shared)
		munmap(sim->shared, SIM_WINDOW_OFFSET);
	sim_forget(sim);
}
