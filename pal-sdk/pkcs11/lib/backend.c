/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the module, and the file system; starts no PAL. */
#include "backend.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "abi/ioctl.h"
#include "host/device.h"
#include "host/sim.h"

#define DEFAULT_TOKENS "/var/lib/palisade/tokens"

static bool is_hypervisor_there(void)
{
	struct palisade_info info = {.size = sizeof(info)};
	int device = device_open();
	bool is_there;

	if (device < 0)
		return false;
	is_there = !ioctl(device, PALISADE_INFO, &info) && info.cpu_count;
	close(device);
	return is_there;
}

bool backend_is_there(void)
{
	bool is_simulated;

	return !sim_is_wanted(&is_simulated) &&
	       (is_simulated || is_hypervisor_there());
}

bool backend_may_make_tokens(void)
{
	const char *tokens = secure_getenv("PALISADE_TOKENS");

	return !access(tokens && *tokens ? tokens : DEFAULT_TOKENS, W_OK);
}
