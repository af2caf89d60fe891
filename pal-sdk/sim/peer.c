/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PAL calls another: we copy between its private memory and the mail, libpal
 * does the rest.  As in hv/core/pal_copy.c, only memory of its own counts.
 */
#include <asm/unistd.h>
#include <linux/futex.h>
#include "abi/hypercall.h"
#include "sim.h"

struct region {
	uint64_t base, size;
	uint32_t access;
};

/* Bytes from `at` to the region's end, if that access is allowed. */
static uint64_t left_in(const struct region *region, uint64_t at,
			uint32_t access)
{
	if (at < region->base || at - region->base >= region->size ||
	    access & ~region->access)
		return 0;
	return region->size - (at - region->base);
}

static uint64_t left_in_image(uint64_t at, uint32_t access)
{
	uint64_t left = 0;

	for (uint32_t i = 0; !left && i < sim_header->segment_count; i++) {
		const struct pal_image_segment *segment =
			&sim_header->segments[i];
		const struct region region = {
			.base = segment->base,
			.size = segment->memory_size,
			.access = segment->access,
		};

		left = left_in(&region, at, access);
	}
	return left;
}

static uint64_t left_in_stacks(uint64_t at, uint32_t access)
{
	uint64_t left = 0;

	for (uint32_t i = 0; !left && i < sim_header->thread_count; i++) {
		const struct region region = {
			.base = PAL_STACK_TOP(i) - sim_header->stack_size,
			.size = sim_header->stack_size,
			.access = PAL_ACCESS_R | PAL_ACCESS_W,
		};

		left = left_in(&region, at, access);
	}
	return left;
}

/* The window is not here: it is the program's too. */
static uint64_t left_in_pages(uint64_t at, uint32_t access)
{
	uint64_t threads = sim_header->flags & PAL_FLAG_PEER
				   ? sim_header->thread_count
				   : 0;
	const struct region regions[] = {
		{PAL_IDENTITY_BASE, PAL_PAGE_SIZE, PAL_ACCESS_R},
		{PAL_CALLER_BASE, threads * PAL_PAGE_SIZE, PAL_ACCESS_R},
		{PAL_PEER_BASE, threads * sim_header->arg_size,
		 PAL_ACCESS_R | PAL_ACCESS_W},
	};
	uint64_t left = 0;

	for (int i = 0; !left && i < 3; i++)
		left = left_in(&regions[i], at, access);
	return left;
}

static bool is_own(uint64_t at, uint64_t size, uint32_t access)
{
	while (size) {
		uint64_t left = left_in_image(at, access);

		if (!left)
			left = left_in_stacks(at, access);
		if (!left)
			left = left_in_pages(at, access);
		if (!left)
			return false;
		if (left >= size)
			return true;
		at += left;
		size -= left;
	}
	return true;
}

static void post(struct sim_mail *mail, const struct pal_peer_call *call)
{
	__builtin_memcpy(mail->name, call->name, sizeof(mail->name));
	mail->entry = call->entry;
	mail->in_size = call->in_size;
	mail->out_capacity = call->out_capacity;
	mail->is_bad_input = call->in_size > PAL_PEER_SIZE_MAX ||
			     !is_own(call->in, call->in_size, PAL_ACCESS_R);
	if (!mail->is_bad_input)
		__builtin_memcpy(mail->bytes, (const void *)call->in,
				 call->in_size);
}

/* Give the turn away and wait for it; false: nobody waits for the PAL. */
static bool wait_for_answer(struct sim_call *call)
{
	uint32_t turn = SIM_TURN_CALLED;

	if (atomic_compare_exchange_strong(&call->turn, &turn, SIM_TURN_PEER))
		SYSCALL3(__NR_futex, &call->turn, FUTEX_WAKE, 1);
	for (;;) {
		turn = atomic_load(&call->turn);
		if (turn == SIM_TURN_CALLED || turn == SIM_TURN_GIVEN_UP)
			return turn == SIM_TURN_CALLED;
		/* SIM_TURN_ENDED: another thread ends us all. */
		SYSCALL4(__NR_futex, &call->turn, FUTEX_WAIT, turn, NULL);
	}
}

static int64_t take_output(const struct sim_mail *mail,
			   const struct pal_peer_call *call)
{
	uint64_t size = (uint64_t)mail->result;

	if (mail->status || mail->result <= 0)
		return mail->status;
	if (size > PAL_PEER_SIZE_MAX || !is_own(call->out, size, PAL_ACCESS_W))
		return HV_EINVAL;
	__builtin_memcpy((void *)call->out, mail->bytes, size);
	return HV_OK;
}

bool sim_peer_call(struct sigcontext *regs, struct sim_thread *thread)
{
	struct sim_mail *mail = sim_mail(thread->index);
	struct pal_peer_call call;
	int64_t status;

	if (!is_own(regs->rdi, sizeof(call), PAL_ACCESS_R)) {
		regs->rax = (uint64_t)(int64_t)HV_EINVAL;
		return true;
	}
	__builtin_memcpy(&call, (const void *)regs->rdi, sizeof(call));
	post(mail, &call);
	if (!wait_for_answer(&sim_shared->calls[thread->index]))
		return false;
	status = take_output(mail, &call);
	regs->rax = (uint64_t)status;
	regs->rdx = status ? 0 : (uint64_t)mail->result;
	return true;
}
