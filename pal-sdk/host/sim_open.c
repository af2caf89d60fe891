/* SPDX-License-Identifier: BSD-2-Clause */
/* From an open PAL to its process, with the notary in between. */
#include "sim_open.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "abi/hypercall.h"
#include "sim.h"
#include "sim_judge.h"
#include "sim_notary.h"
#include "sim_peer.h"

static void warn_once(const char *name)
{
	static atomic_flag was_warned = ATOMIC_FLAG_INIT;

	if (!atomic_flag_test_and_set(&was_warned) &&
	    !secure_getenv("PAL_SIM_QUIET"))
		fprintf(stderr,
			"simulated: PAL %.*s runs in an ordinary process "
			"(PAL_BACKEND=sim), which protects nothing\n",
			HV_PAL_NAME_SIZE, name);
}

int sim_open(struct pal *pal, const void *image, size_t size)
{
	struct pal_image_header header;
	struct notary_record record;
	const struct sim_setup setup = {
		.image = image,
		.header = &header,
		.window = pal->window,
		.window_size = pal->window_size,
		.identity = &record.identity,
		.is_held = secure_getenv(SIM_HOLD_VARIABLE) != NULL,
	};
	int status;

	memcpy(&header, image, sizeof(header));
	warn_once(header.name);
	status = sim_judge(image, size, &header, pal->window_size,
			   &record);
	if (!status)
		status = sim_notary_start();
	if (status)
		return status;
	status = sim_create(&setup, &pal->sim);
	if (status)
		return status;
	/* On failure pal_close() ends it. */
	return sim_peer_add(pal->sim, record.rule, record.may_call);
}
