// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Holds the launch lock for one try at a time, so that an unload or a reboot
 * never waits for a PAL that is being made.
 */
#include "request.h"

#include <linux/errno.h>
#include <linux/sched/signal.h>

#include "launch.h"
#include "pool.h"

/* Others may take what we grew by, but not for ever. */
#define GROW_MAX	8

void request_begin(struct request *request, u64 generation)
{
	*request = (struct request){ .generation = generation };
	patience_begin(&request->patience);
}

void request_progress(struct request *request)
{
	patience_begin(&request->patience);
	request->grow_count = 0;
}

/* Do what the hypervisor's answer asks for; -EAGAIN when that was possible. */
static int remedy(struct request *request)
{
	int err;

	switch (request->result.status) {
	case HV_EAGAIN:
		request->grow_count = 0;
		err = patience_wait(&request->patience);
		break;
	case HV_ENOMEM:
		if (request->grow_count++ == GROW_MAX)
			return -ENOMEM;
		err = pool_grow();
		break;
	default:
		return hypercall_errno(request->result.status);
	}
	return err ? err : -EAGAIN;
}

static int try(struct request *request, u64 number, u64 rdi, u64 rsi, u64 rdx)
{
	int err = launch_use(request->generation);

	if (err)
		return err;
	request->result = hypercall(number, rdi, rsi, rdx);
	err = remedy(request);
	launch_unuse();
	return err;
}

int request_try(struct request *request, u64 number, u64 rdi, u64 rsi, u64 rdx)
{
	if (fatal_signal_pending(current))
		return -EINTR;
	return try(request, number, rdi, rsi, rdx);
}

int request_make(struct request *request, u64 number, u64 rdi, u64 rsi,
		 u64 rdx)
{
	int err;

	do
		err = request_try(request, number, rdi, rsi, rdx);
	while (err == -EAGAIN);
	return err;
}

int request_make_always(struct request *request, u64 number, u64 rdi, u64 rsi,
			u64 rdx)
{
	int err;

	do
		err = try(request, number, rdi, rsi, rdx);
	while (err == -EAGAIN);
	return err;
}
