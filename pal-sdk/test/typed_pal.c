/* SPDX-License-Identifier: BSD-2-Clause */
/* A PAL whose functions show what they were given. */
#include <pal.h>
#include <string.h>
#include "typed.h"

PAL_NAME("typed");
PAL_THREADS(2);
PAL_ACCEPTS_PEERS; /* for sim_typed_peer_pal.c */
PAL_FUNCTIONS(TYPED_FUNCTIONS);

static uint64_t call_count;

int typed_compute(const struct typed_request *request,
		  struct typed_reply *reply)
{
	int64_t sum = request->origin.x + request->origin.y;

	if (request->kind != TYPED_SUM)
		return TYPED_EKIND;
	for (int i = 0; i < 3; i++)
		sum += request->to[i].x + request->to[i].y;
	reply->result = (int64_t)((double)sum * request->scale);
	memcpy(reply->name, request->name, sizeof(request->name));
	return 0;
}

int typed_reverse(const void *in, size_t in_size, void *out,
		  size_t out_capacity, size_t *out_size)
{
	const unsigned char *from = in;
	unsigned char *to = out;

	if (in_size > out_capacity)
		return -1;
	for (size_t i = 0; i < in_size; i++)
		to[i] = from[in_size - 1 - i];
	*out_size = in_size;
	return 0;
}

int typed_count(const void *in, size_t in_size, struct typed_numbers *reply)
{
	const unsigned char *bytes = in;

	for (size_t i = 0; i < in_size; i++)
		reply->data += bytes[i];
	return 0;
}

int typed_repeat(const struct typed_point *request, void *out,
		 size_t out_capacity, size_t *out_size)
{
	memset(out, request->x, out_capacity);
	/* a wish, which the dispatch has to judge */
	*out_size = (size_t)request->y;
	return 0;
}

int typed_note(const struct typed_point *request)
{
	call_count += (uint64_t)request->x;
	return request->y;
}

int typed_feed(const void *in, size_t in_size)
{
	(void)in;
	call_count += in_size;
	return 0;
}

int typed_stats(struct typed_numbers *reply)
{
	reply->calls = call_count;
	reply->data = pal_data_size();
	return 0;
}

int typed_text(void *out, size_t out_capacity, size_t *out_size)
{
	memset(out, 'x', out_capacity);
	*out_size = out_capacity;
	return 0;
}

int typed_nothing(void)
{
	call_count++;
	return 0;
}

int typed_sum_data(struct typed_numbers *reply)
{
	unsigned char *data = pal_data();

	for (size_t i = 0; i < pal_data_size(); i++)
		reply->data += data[i];
	if (pal_data_size())
		data[0] = 77;
	return 0;
}
