/* SPDX-License-Identifier: BSD-2-Clause */
/* Judges orders where nobody can reach in, and sends the good ones on. */
#include <pal.h>
#include <string.h>
#include "pipeline.h"

PAL_NAME("pipeline");
PAL_FUNCTIONS(PIPELINE_FUNCTIONS);
PAL_PEER_STUBS("stamp", STAMP_FUNCTIONS);

int order_submit(const struct order *request, struct stamp *reply)
{
	size_t length = strnlen(request->to, sizeof(request->to));

	if (length == 0 || length == sizeof(request->to))
		return PIPELINE_ETO;
	if (request->amount == 0 || request->amount > PIPELINE_LIMIT)
		return PIPELINE_EAMOUNT;
	if (stamp_make_peer(request, reply))
		return PIPELINE_EPEER;
	return 0;
}
