/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What PALs ask the notary (abi/service.h), from the bytes of a request to
 * those of the answer.  Requests come from anybody.
 */
#ifndef NOTARY_SERVICE_H
#define NOTARY_SERVICE_H

#include "register.h"
#include "seal.h"

struct service {
	struct seal seal;
	struct register_table *counters;
};

/* Who asks. */
struct service_caller {
	const struct pal_identity *identity;
	unsigned int writer; /* of counters; nobody else is this one meanwhile */
};

/*
 * Answer request `entry`, NOTARY_SEAL and so on.  Returns the size of what is
 * at `out`, at most `capacity`, or a NOTARY_E* of abi/service.h.
 */
long service_answer(struct service *service, struct service_caller caller,
		    unsigned int entry, struct seal_bytes in, void *out,
		    size_t capacity);

#endif /* NOTARY_SERVICE_H */
