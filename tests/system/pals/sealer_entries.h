/* SPDX-License-Identifier: BSD-2-Clause */
/* What all PALs "sealer" have in common: all but version and flags. */
#include <pal.h>
#include <pal_seal.h>
#include <string.h>
#include "sealer.h"

PAL_NAME("sealer");
PAL_THREADS(4);
PAL_ARG_SIZE(0x10000);

static long moved(int status)
{
	return status < PAL_ERROR_LOWEST ? status - SEALER_ERROR_BASE : status;
}

static const struct sealer_request *request_of(const void *in, size_t in_size)
{
	const struct sealer_request *request = in;

	return in_size >= sizeof(*request) && request->associated_size <=
						      in_size - sizeof(*request)
		       ? request
		       : NULL;
}

static long seal(const void *in, size_t in_size, void *out, size_t out_size)
{
	const struct sealer_request *request = request_of(in, in_size);
	const char *associated = (const char *)(request + 1);
	size_t size, head = sizeof(*request);
	int status;

	if (!request || request->capacity > out_size)
		return -1;
	head += request->associated_size;
	status = pal_seal(request->binding, associated,
			  request->associated_size,
			  associated + request->associated_size, in_size - head,
			  out, request->capacity, &size);
	return status ? moved(status) : (long)size;
}

static long unseal(const void *in, size_t in_size, void *out, size_t out_size)
{
	const struct sealer_request *request = request_of(in, in_size);
	const char *associated = (const char *)(request + 1);
	size_t size, head = sizeof(*request);
	int status;

	if (!request || request->capacity > out_size)
		return -1;
	head += request->associated_size;
	status = pal_unseal(associated, request->associated_size,
			    associated + request->associated_size,
			    in_size - head, out, request->capacity, &size);
	return status ? moved(status) : (long)size;
}

static long root(const void *in, size_t in_size, void *out, size_t out_size)
{
	int status;

	(void)in, (void)in_size;
	if (out_size < sizeof(struct pal_seal_root))
		return -1;
	status = pal_seal_root(out);
	return status ? moved(status) : (long)sizeof(struct pal_seal_root);
}

static long read(const void *in, size_t in_size, void *out, size_t out_size)
{
	const struct sealer_count *count = in;
	int status;

	if (in_size != sizeof(*count) || out_size < sizeof(struct pal_counter))
		return -1;
	status = pal_counter_read(count->id, out);
	return status ? moved(status) : (long)sizeof(struct pal_counter);
}

static long advance(const void *in, size_t in_size, void *out, size_t out_size)
{
	const struct sealer_count *count = in;

	(void)out, (void)out_size;
	if (in_size != sizeof(*count))
		return -1;
	return moved(pal_counter_advance(count->id, count->from, count->to,
					 count->tag));
}

#define WORK_SIZE 1000

static int seal_and_unseal(void)
{
	unsigned char secret[WORK_SIZE], blob[PAL_SEAL_BLOB_SIZE(WORK_SIZE)];
	unsigned char opened[WORK_SIZE];
	size_t size;
	int status = pal_random(secret, sizeof(secret));

	if (!status)
		status = pal_seal(PAL_SEAL_TO_MEASUREMENT, "work", 4, secret,
				  sizeof(secret), blob, sizeof(blob), &size);
	if (!status)
		status = pal_unseal("work", 4, blob, size, opened,
				    sizeof(opened), &size);
	if (!status && (size != sizeof(secret) || memcmp(secret, opened, size)))
		status = -2;
	return status;
}

static long work(const void *in, size_t in_size, void *out, size_t out_size)
{
	uint32_t count = 0;
	int status = 0;

	(void)out, (void)out_size;
	if (in_size == sizeof(count))
		memcpy(&count, in, sizeof(count));
	for (uint32_t i = 0; !status && (!count || i < count); i++)
		status = seal_and_unseal();
	return moved(status);
}

PAL_ENTRIES([SEALER_SEAL] = seal, [SEALER_UNSEAL] = unseal,
	    [SEALER_ROOT] = root, [SEALER_READ] = read,
	    [SEALER_ADVANCE] = advance, [SEALER_WORK] = work);
