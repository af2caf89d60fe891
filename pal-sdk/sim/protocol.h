/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the simulator's process (this folder) and libpal (host/sim_*.c).
 *
 * The process is started with these descriptors and nothing else open:
 *
 *	SIM_FD_SOCKET	it sends one struct sim_hello, then nothing; it ends
 *			when the other side is closed
 *	SIM_FD_IMAGE	the PAL image, already checked
 *	SIM_FD_SHARED	struct sim_shared, the identity's page, the window; then
 *			what calls between PALs need (struct sim_layout)
 *	SIM_FD_PARENT	a pidfd of the program, if the kernel has such: it ends
 *			when the program does
 *
 * What the process writes to shared memory may be the PAL's doing: libpal
 * believes none of it further than it would believe the PAL.
 *
 * A call from PAL to PAL: the process copies the request and the input from the
 * PAL's memory to the thread's struct sim_mail and gives the turn to libpal,
 * which finds the other PAL, has it run, puts answer and output there and gives
 * the turn back (host/sim_peer.c).
 */
#ifndef SIM_PROTOCOL_H
#define SIM_PROTOCOL_H

#include <stdatomic.h>
#include <stdint.h>
#include "abi/pal_image.h"

#define SIM_FD_SOCKET	    0
#define SIM_FD_IMAGE	    1
#define SIM_FD_SHARED	    2
#define SIM_FD_PARENT	    3

/* Where the process has the shared memory, so that gdb finds it; the mail. */
#define SIM_SHARED_BASE	    0x610000000000UL
#define SIM_MAIL_BASE	    0x611000000000UL
#define SIM_IDENTITY_OFFSET 16384
#define SIM_WINDOW_OFFSET   20480

/* The first word from the process: what failed, or SIM_STEP_NONE. */
enum sim_step {
	SIM_STEP_NONE,
	SIM_STEP_SHARED,
	SIM_STEP_IMAGE,
	SIM_STEP_STACKS,
	SIM_STEP_WINDOW,
	SIM_STEP_THREADS,
	SIM_STEP_SANDBOX,
};

struct sim_hello {
	uint32_t step; /* enum sim_step */
	int32_t cause; /* errno */
	int32_t pid;
	uint32_t reserved;
};

/* struct sim_call turn: a futex, who is to act. */
#define SIM_TURN_IDLE	  0 /* nobody calls */
#define SIM_TURN_CALLED	  1 /* the process runs the PAL */
#define SIM_TURN_RETURNED 2 /* result is there */
#define SIM_TURN_ENDED	  3 /* the PAL is dead, struct sim_fault says why */
#define SIM_TURN_PEER	  4 /* the PAL calls another, struct sim_mail says how */
#define SIM_TURN_GIVEN_UP                                                      \
	5 /* nobody waits for it: the process returns at once */

/* Makes a thread see SIM_TURN_GIVEN_UP. */
#define SIM_SIGNAL SIGUSR1

struct sim_call {
	_Alignas(128) _Atomic uint32_t turn;
	int32_t tid; /* from the process, before the PAL runs */
	uint64_t entry, in_size, out_size;
	uint64_t is_peer; /* another PAL calls */
	int64_t result;
};

/* A thread's call of another PAL. */
struct sim_mail {
	/* From the process: */
	char name[32];
	uint64_t entry, in_size, out_capacity;
	uint64_t is_bad_input; /* not the PAL's own memory, or too much */
	/* From libpal: HV_OK and what the other returned, or HV_E*. */
	int64_t status, result;
	/* Input, then output. */
	char bytes[PAL_PEER_SIZE_MAX];
};

#define SIM_MAIL_SIZE (PAL_PEER_SIZE_MAX + PAL_PAGE_SIZE)

/* Where the parts behind the window begin in SIM_FD_SHARED. */
struct sim_layout {
	uint64_t callers; /* for PAL_CALLER_BASE */
	uint64_t mail; /* SIM_MAIL_SIZE for each thread */
	uint64_t area; /* for PAL_PEER_BASE, if the PAL has it */
	uint64_t area_size;
	uint64_t end;
};

static inline struct sim_layout
sim_layout_of(const struct pal_image_header *header, uint64_t window_size)
{
	uint64_t threads = header->thread_count;
	struct sim_layout layout = {.callers = SIM_WINDOW_OFFSET + window_size};

	if (header->flags & PAL_FLAG_PEER)
		layout.area_size = threads * header->arg_size;
	layout.mail = layout.callers + threads * PAL_PAGE_SIZE;
	layout.area = layout.mail + threads * SIM_MAIL_SIZE;
	layout.end = layout.area + layout.area_size;
	return layout;
}

#define SIM_BACKTRACE_MAX 16

struct sim_fault {
	uint64_t word; /* PAL_FAULT_WORD() */
	uint64_t address;
	uint32_t thread; /* of the PAL, that broke the rule */
	uint32_t frame_count; /* at least 1: the instruction itself */
	uint64_t frames[SIM_BACKTRACE_MAX]; /* offsets in the image */
};

struct sim_shared {
	/* Set before the start. */
	uint64_t window_size;
	/* While 1, threads do not enter the PAL: a debugger clears it. */
	volatile uint32_t is_held;
	/* A debugger is there: faults stop at their instruction first. */
	volatile uint32_t is_debugged;

	/* 0, then SIM_TURN_ENDED once `fault` is complete. */
	_Atomic uint32_t end;
	struct sim_fault fault;
	struct sim_call calls[PAL_MAX_THREADS];
};

_Static_assert(sizeof(struct sim_shared) <= SIM_IDENTITY_OFFSET, "layout");
_Static_assert(sizeof(struct sim_mail) <= SIM_MAIL_SIZE, "layout");

#endif /* SIM_PROTOCOL_H */
