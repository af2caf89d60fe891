/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A hypercall on behalf of a PAL: tried until it succeeds or cannot, with
 * more pool memory when it wants some.
 */
#ifndef LOADER_REQUEST_H
#define LOADER_REQUEST_H

#include <linux/types.h>

#include "hypercall.h"
#include "patience.h"

struct request {
	u64 generation;			/* of the launch, see launch.h */
	struct patience patience;
	unsigned int grow_count;	/* since there was progress */
	struct hypercall_result result;	/* of the last try */
};

void request_begin(struct request *request, u64 generation);

/* Something got done: be patient anew. */
void request_progress(struct request *request);

/*
 * One try.  Returns 0 when it succeeded, -EAGAIN when the caller should try
 * again (result.rdx may tell of progress), else what is final: the errno of
 * the status, -ENODEV when the hypervisor is gone, -EINTR when the process
 * is being killed, -ETIMEDOUT.
 */
int request_try(struct request *request, u64 number, u64 rdi, u64 rsi, u64 rdx);

/* Try until it is done, one way or the other. */
int request_make(struct request *request, u64 number, u64 rdi, u64 rsi,
		 u64 rdx);

/* The same, also when the process is being killed: for cleaning up. */
int request_make_always(struct request *request, u64 number, u64 rdi, u64 rsi,
			u64 rdx);

#endif /* LOADER_REQUEST_H */
