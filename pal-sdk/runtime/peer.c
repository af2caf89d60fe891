/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls between PALs; the hypervisor copies and checks, the policy decides. */
#include <string.h>
#include "abi/hypercall.h"
#include "pal.h"
#include "runtime.h"

static int status_of(int64_t status)
{
	switch (status) {
	case HV_ENOENT:
		return PAL_PEER_ENOENT;
	case HV_EPERM:
		return PAL_PEER_EPERM;
	case HV_EBUSY:
		return PAL_PEER_EBUSY;
	case HV_ELOOP:
		return PAL_PEER_ELOOP;
	case HV_EDEAD:
		return PAL_PEER_EDEAD;
	default:
		return PAL_PEER_EINVAL;
	}
}

int pal_call_peer(const char *name, unsigned int entry, const void *in,
		  size_t in_size, void *out, size_t out_capacity,
		  size_t *out_size)
{
	struct pal_peer_call call = {
		.entry = entry,
		.in = (uintptr_t)in,
		.in_size = in_size,
		.out = (uintptr_t)out,
		.out_capacity = out_capacity,
	};
	int64_t status, result;

	if (strlen(name) >= sizeof(call.name))
		return PAL_PEER_ENOENT;
	strcpy(call.name, name);
	status = runtime_call_peer(
		&call, &result, pal_identity()->flags & PAL_IDENTITY_SIMULATED);
	if (status)
		return status_of(status);
	/* A peer need not have our runtime: its word is not to be trusted. */
	if (result < PAL_STATUS_LOWEST ||
	    (result > 0 && (uint64_t)result > out_capacity))
		return PAL_STATUS_BAD_RESULT;
	if (result < 0)
		return (int)result;
	if (out_size)
		*out_size = (size_t)result;
	return 0;
}

const struct pal_identity *pal_caller(void)
{
	unsigned int thread = pal_thread_index();

	if (!runtime_is_peer[thread])
		return NULL;
	return (const struct pal_identity *)(PAL_CALLER_BASE +
					     thread * PAL_PAGE_SIZE);
}
