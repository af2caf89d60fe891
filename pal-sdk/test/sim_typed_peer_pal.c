/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls the PAL "typed" (typed_pal.c) by stubs, in each form there is. */
#include <pal.h>
#include <string.h>
#include "sim_typed_peer.h"
#include "typed.h"

PAL_NAME("typed-peer");
PAL_FUNCTIONS(TYPED_PEER_FUNCTIONS);
PAL_PEER_STUBS("typed", TYPED_FUNCTIONS);

int typed_peer_compute(struct typed_peer_reply *reply)
{
	struct typed_request request = {
		.origin = {1, 2},
		.to = {{3, 4}, {5, 6}, {7, -8}},
		.scale = 2.5,
		.name = "point",
	};
	struct typed_reply computed = {.result = -1};

	reply->status = typed_compute_peer(&request, &computed);
	reply->value = computed.result;
	if (!reply->status && strcmp(computed.name, "point"))
		reply->status = 1;
	return 0;
}

static int bytes_cross(void)
{
	static unsigned char in[6000], out[6000];
	size_t size = 1;

	in[0] = 1;
	in[4999] = 2;
	if (typed_reverse_peer(in, 5000, out, sizeof(out), &size) ||
	    size != 5000 || out[0] != 2 || out[4999] != 1)
		return 2;
	if (typed_reverse_peer(in, 5001, out, sizeof(out), &size) !=
		    PAL_STATUS_BAD_SIZE ||
	    size != 5000)
		return 3;
	if (typed_text_peer(out, 10, &size) || size != 10 || out[9] != 'x')
		return 4;
	return 0;
}

static int each_half_has_each_form(void)
{
	struct typed_point point = {'p', 5};
	struct typed_numbers numbers = {0};
	char out[64] = "";
	size_t size;

	if (typed_count_peer("\1\2\3", 3, &numbers) || numbers.data != 6)
		return 5;
	if (typed_repeat_peer(&point, out, sizeof(out), &size) || size != 5 ||
	    strcmp(out, "ppppp"))
		return 6;
	point.y = -3;
	if (typed_note_peer(&point) != -3 || typed_feed_peer(out, 100) ||
	    typed_nothing_peer())
		return 7;
	if (typed_stats_peer(&numbers) || numbers.calls != 'p' + 101)
		return 8;
	point.y = 65;
	if (typed_repeat_peer(&point, out, sizeof(out), &size) !=
	    PAL_STATUS_BAD_RESULT)
		return 9;
	return 0;
}

int typed_peer_forms(struct typed_peer_reply *reply)
{
	reply->status = bytes_cross();
	if (!reply->status)
		reply->status = each_half_has_each_form();
	return 0;
}
