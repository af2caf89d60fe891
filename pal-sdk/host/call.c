/* SPDX-License-Identifier: BSD-2-Clause */
/* Calling an open PAL: copy in, hypercall, copy out. */
#include <stdbool.h>
#include <string.h>
#include "abi/hypercall.h"
#include "error.h"
#include "hypercall.h"
#include "instance.h"
#include "log.h"
#include "sim.h"
#include "threads.h"

struct arguments {
	unsigned int entry;
	const void *in;
	size_t in_size;
	void *out;
	size_t out_capacity;
	size_t *out_size;
};

/* The first fault stays; later callers find the same PAL dead. */
static void record_fault(struct pal *pal, const struct pal_fault *fault)
{
	int expected = FAULT_NONE;

	if (!atomic_compare_exchange_strong(&pal->fault_state, &expected,
					    FAULT_WRITING))
		return;
	pal->fault = *fault;
	atomic_store(&pal->fault_state, FAULT_RECORDED);
}

/* The PAL was ended: by this call, or earlier. */
static int end(struct pal *pal, const struct hypercall_result *result)
{
	struct pal_fault fault = {
		.kind = PAL_FAULT_KIND((uint32_t)result->rdx),
		.detail = PAL_FAULT_DETAIL((uint32_t)result->rdx),
		.offset = result->rcx,
		.address = result->r8,
	};
	int status = result->status == HV_EFAULT ? PAL_EFAULT : PAL_EDEAD;
	char text[PAL_FAULT_TEXT_SIZE];

	record_fault(pal, &fault);
	return error_set(status, "%s: %s", pal_strerror(status),
			 pal_fault_text(&fault, text, sizeof(text)));
}

static int __attribute__((cold, noinline))
hypervisor_error(struct pal *pal, const struct hypercall_result *result)
{
	switch (result->status) {
	case HV_EFAULT:
	case HV_EDEAD:
		return end(pal, result);
	case HV_ENOENT:
		return error_plain(PAL_EDEAD);
	case HV_EBUSY:
		return error_plain(PAL_EBUSY);
	default:
		return error_set(PAL_EPROTO,
				 "the hypervisor answered a PAL call with "
				 "status %lld, which libpal does not know",
				 (long long)result->status);
	}
}

static int check(const struct pal *pal, const struct arguments *args)
{
	if (!pal || (args->in_size && !args->in) ||
	    (args->out_capacity && !args->out))
		return error_plain(PAL_EINVAL);
	if (!*pal->is_owner)
		return error_plain(PAL_EPERM);
	if (args->in_size > pal->arg_size)
		return error_plain(PAL_ESIZE);
	return 0;
}

/* The result is the PAL's word: whatever it says, we stay within bounds. */
static int take_result(const struct arguments *args, const void *slice,
		       size_t out_size, int64_t result)
{
	if (result < PAL_STATUS_LOWEST || result > (int64_t)out_size)
		return error_plain(PAL_STATUS_BAD_RESULT);
	if (result < 0)
		return error_plain((int)result);
	if (result)
		memcpy(args->out, slice, (size_t)result);
	if (args->out_size)
		*args->out_size = (size_t)result;
	return 0;
}

static inline struct hypercall_result run(struct pal *pal, unsigned int thread,
					  uint64_t entry, uint64_t in_size,
					  uint64_t out_size)
{
	if (pal->sim)
		return sim_call(pal->sim, thread, entry, in_size, out_size);
	return hypercall_pal_call(pal->handle + thread, entry, in_size,
				  out_size);
}

static inline int call(struct pal *pal, unsigned int thread,
		       const struct arguments *args)
{
	unsigned char *slice = pal->window + thread * pal->arg_size;
	size_t out_size = args->out_capacity < pal->arg_size
				  ? args->out_capacity
				  : pal->arg_size;
	struct hypercall_result result;

	if (args->in_size)
		memcpy(slice, args->in, args->in_size);
	result = run(pal, thread, args->entry, args->in_size, out_size);
	log_print(pal);
	if (result.status != HV_OK)
		return hypervisor_error(pal, &result);
	return take_result(args, slice, out_size, (int64_t)result.rdx);
}

int pal_call(struct pal *pal, unsigned int entry, const void *in,
	     size_t in_size, void *out, size_t out_capacity, size_t *out_size)
{
	struct arguments args = {
		entry, in, in_size, out, out_capacity, out_size,
	};
	struct threads_search search = {0};
	int status = check(pal, &args);
	int thread;

	if (status)
		return status;
	for (;;) {
		thread = threads_take(pal, &search);
		if (thread < 0)
			return error_plain(thread);
		status = call(pal, (unsigned int)thread, &args);
		if (status != PAL_EBUSY || !pal->takes_peers)
			break;
		threads_put_back(pal, (unsigned int)thread, &search);
	}
	threads_release(pal, (unsigned int)thread);
	return status;
}

int pal_call_thread(struct pal *pal, unsigned int thread, unsigned int entry,
		    const void *in, size_t in_size, void *out,
		    size_t out_capacity, size_t *out_size)
{
	struct arguments args = {
		entry, in, in_size, out, out_capacity, out_size,
	};
	int status = check(pal, &args);

	if (status)
		return status;
	if (thread >= pal->thread_count)
		return error_plain(PAL_EINVAL);
	return call(pal, thread, &args);
}
