/* SPDX-License-Identifier: BSD-2-Clause */
/* The process' start: the PAL's space, its threads, the sandbox; its end. */
#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/mman.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/resource.h>
#include "abi/hypercall.h"
#include "sim.h"

_Noreturn void sim_main(void);

const struct pal_image_header *sim_header;
uint64_t sim_entry;

struct failure {
	enum sim_step step;
	int cause;
};

/* Map at exactly that address.  0 or a negative errno. */
static int map_at(uint64_t address, uint64_t size, int access, int flags,
		  int descriptor, uint64_t offset)
{
	long result = sim_syscall(__NR_mmap, (long)address, (long)size, access,
				  flags | MAP_FIXED_NOREPLACE, descriptor,
				  (long)offset);

	if (result < 0)
		return (int)result;
	/* Kernels before 4.17 take the address as a mere wish. */
	return (uint64_t)result == address ? 0 : -EEXIST;
}

static int protection(uint32_t access)
{
	int result = PROT_READ;

	if (access & PAL_ACCESS_W)
		result |= PROT_WRITE;
	if (access & PAL_ACCESS_X)
		result |= PROT_EXEC;
	return result;
}

static int map_segment(const struct pal_image_segment *segment, uint64_t offset)
{
	uint64_t zeros = segment->memory_size - segment->file_size;
	int access = protection(segment->access);
	int err = 0;

	if (segment->file_size)
		err = map_at(segment->base, segment->file_size, access,
			     MAP_PRIVATE, SIM_FD_IMAGE, offset);
	if (!err && zeros)
		err = map_at(segment->base + segment->file_size, zeros, access,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return err;
}

static int map_image(void)
{
	uint64_t offset = PAL_IMAGE_HEADER_SIZE;
	long header = sim_syscall(__NR_mmap, 0, PAL_IMAGE_HEADER_SIZE,
				  PROT_READ, MAP_PRIVATE, SIM_FD_IMAGE, 0);
	int err = 0;

	if (header < 0)
		return (int)header;
	sim_header = (const struct pal_image_header *)header;
	sim_entry = sim_header->entry;
	for (uint32_t i = 0; !err && i < sim_header->segment_count; i++) {
		err = map_segment(&sim_header->segments[i], offset);
		offset += sim_header->segments[i].file_size;
	}
	return err;
}

static int map_stacks(void)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < sim_header->thread_count; i++)
		err = map_at(PAL_STACK_TOP(i) - sim_header->stack_size,
			     sim_header->stack_size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return err;
}

static int map_shared(void)
{
	return map_at(SIM_SHARED_BASE, SIM_IDENTITY_OFFSET,
		      PROT_READ | PROT_WRITE, MAP_SHARED, SIM_FD_SHARED, 0);
}

static int map_window(void)
{
	int err = map_at(PAL_IDENTITY_BASE, PAL_PAGE_SIZE, PROT_READ,
			 MAP_SHARED, SIM_FD_SHARED, SIM_IDENTITY_OFFSET);

	if (err)
		return err;
	return map_at(PAL_WINDOW_BASE, sim_shared->window_size,
		      PROT_READ | PROT_WRITE, MAP_SHARED, SIM_FD_SHARED,
		      SIM_WINDOW_OFFSET);
}

/* What calls from PAL to PAL need. */
static int map_mail(void)
{
	struct sim_layout layout =
		sim_layout_of(sim_header, sim_shared->window_size);
	int err = map_at(SIM_MAIL_BASE, layout.area - layout.mail,
			 PROT_READ | PROT_WRITE, MAP_SHARED, SIM_FD_SHARED,
			 layout.mail);

	if (err || !(sim_header->flags & PAL_FLAG_PEER))
		return err;
	err = map_at(PAL_CALLER_BASE, layout.mail - layout.callers, PROT_READ,
		     MAP_SHARED, SIM_FD_SHARED, layout.callers);
	if (err || !layout.area_size)
		return err;
	return map_at(PAL_PEER_BASE, layout.area_size, PROT_READ | PROT_WRITE,
		      MAP_SHARED, SIM_FD_SHARED, layout.area);
}

static struct failure set_up(void)
{
	static const struct {
		enum sim_step step;
		int (*run)(void);
	} steps[] = {
		{SIM_STEP_SHARED, map_shared},
		{SIM_STEP_IMAGE, map_image},
		{SIM_STEP_STACKS, map_stacks},
		{SIM_STEP_WINDOW, map_window},
		{SIM_STEP_WINDOW, map_mail},
		{SIM_STEP_THREADS, sim_catch_faults},
		{SIM_STEP_THREADS, sim_threads_start},
		{SIM_STEP_SANDBOX, sim_filter},
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int err = steps[i].run();

		if (err)
			return (struct failure){steps[i].step, -err};
	}
	return (struct failure){SIM_STEP_NONE, 0};
}

/* A debugger need not be our parent, where the kernel insists on that. */
static void behave(void)
{
	struct rlimit no_core = {0, 0};

	SYSCALL2(__NR_prctl, PR_SET_NAME, "pal-sim");
	SYSCALL2(__NR_prctl, PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	SYSCALL2(__NR_setrlimit, RLIMIT_CORE, &no_core);
}

static void say_hello(struct failure failure)
{
	struct sim_hello hello = {
		.step = (uint32_t)failure.step,
		.cause = failure.cause,
		.pid = (int32_t)SYSCALL0(__NR_getpid),
	};

	SYSCALL3(__NR_write, SIM_FD_SOCKET, &hello, sizeof(hello));
}

/* Until the program closes the PAL, or ends. */
static void wait_for_end(void)
{
	struct pollfd watched[] = {
		{SIM_FD_SOCKET, POLLIN, 0},
		{SIM_FD_PARENT, POLLIN, 0},
	};

	for (;;) {
		long count = SYSCALL3(__NR_poll, watched, 2, -1);

		if (count > 0 && !(watched[1].revents & POLLNVAL))
			return;
		/* A kernel without pidfds (before 5.3): the socket will do. */
		if (count > 0)
			watched[1].fd = -1;
	}
}

void sim_main(void)
{
	struct failure failure;

	behave();
	sim_cpuid_remember();
	failure = set_up();
	say_hello(failure);
	if (failure.step == SIM_STEP_NONE)
		wait_for_end();
	for (;;)
		SYSCALL1(__NR_exit_group, 0);
}
