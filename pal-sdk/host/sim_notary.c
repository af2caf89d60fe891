/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Made once for a program, without a lock: who comes second throws its own
 * away.
 */
#include "sim_notary.h"
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "abi/hypercall.h"
#include "abi/notary.h"
#include "abi/service.h"
#include "error.h"
#include "file.h"
#include "notary/service.h"
#include "pal_host.h"
#include "pal_status.h"
#include "sim_counters.h"

struct sim_notary {
	struct service service;
	struct sim_counters counters;
};

static _Atomic(struct sim_notary *) notary;

static int fill_random(void *to, size_t size)
{
	return getrandom(to, size, 0) == (ssize_t)size ? 0 : -1;
}

static int read_root(struct hv_root *root)
{
	const char *path = secure_getenv("PAL_SIM_ROOT");
	void *bytes;
	size_t size;
	int status;

	if (!path || !*path)
		return 0;
	status = file_read(path, &bytes, &size);
	if (status)
		return status;
	if (size >= HV_ROOT_SIZE_MIN && size <= HV_ROOT_SIZE_MAX) {
		root->kind = HV_ROOT_FILE;
		root->size = (uint32_t)size;
		memcpy(root->bytes, bytes, size);
	} else {
		status = error_set(PAL_EIO,
				   "%s: a sealing root has %d to %d bytes "
				   "(PAL_SIM_ROOT)",
				   path, HV_ROOT_SIZE_MIN, HV_ROOT_SIZE_MAX);
	}
	free(bytes);
	return status;
}

static int make(struct sim_notary *made)
{
	struct hv_root root = {.kind = HV_ROOT_EPHEMERAL};
	int status = read_root(&root);

	if (status)
		return status;
	if (seal_start(&made->service.seal, &root, fill_random))
		return error_set(PAL_EPROTO,
				 "the simulated notary has no randomness");
	status = sim_counters_open(&made->counters);
	made->service.counters = made->counters.table;
	return status;
}

int sim_notary_start(void)
{
	struct sim_notary *made, *before = NULL;
	int status;

	if (atomic_load(&notary))
		return 0;
	made = calloc(1, sizeof(*made));
	if (!made)
		return error_plain(PAL_ENOMEM);
	status = make(made);
	if (!status && atomic_compare_exchange_strong(&notary, &before, made))
		return 0;
	if (!status)
		sim_counters_close(&made->counters);
	free(made);
	return status;
}

bool sim_notary_is_meant(const char name[32])
{
	static const char own_name[32] = NOTARY_NAME;

	return !memcmp(name, own_name, sizeof(own_name));
}

static int64_t serve(struct sim_notary *asked,
		     const struct pal_identity *identity,
		     const struct sim_arguments *arguments,
		     struct seal_bytes in, char *out)
{
	const struct service_caller caller = {identity, 0};
	int lock = -1;
	long result;

	if (arguments->entry == NOTARY_COUNTER_ADVANCE) {
		lock = sim_counters_lock(&asked->counters);
		if (lock < 0)
			return NOTARY_ESERVICE;
	}
	result = service_answer(&asked->service, caller,
				(unsigned int)arguments->entry, in, out,
				arguments->out_size);
	if (lock >= 0)
		sim_counters_unlock(lock);
	return result;
}

/* In the order in which hypervisor, runtime and notary would refuse. */
int sim_notary_answer(const struct pal_identity *caller,
		      const struct sim_arguments *arguments, char *bytes,
		      int64_t *result)
{
	char in[NOTARY_ARG_SIZE];

	if (arguments->in_size > NOTARY_ARG_SIZE ||
	    arguments->out_size > PAL_PEER_SIZE_MAX)
		return HV_EINVAL;
	memcpy(in, bytes, arguments->in_size);
	if (arguments->entry > NOTARY_COUNTER_ADVANCE)
		*result = PAL_STATUS_BAD_ENTRY;
	else if (arguments->out_size > NOTARY_ARG_SIZE)
		*result = PAL_STATUS_BIG_OUTPUT;
	else if (arguments->entry <= NOTARY_JUDGE)
		*result = NOTARY_ESEQUENCE; /* not for peers */
	else
		*result = serve(atomic_load(&notary), caller, arguments,
				(struct seal_bytes){in, arguments->in_size},
				bytes);
	return HV_OK;
}
