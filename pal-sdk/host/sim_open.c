/* SPDX-License-Identifier: BSD-2-Clause */
/* From an open PAL to its process; what the hypervisor would say of it. */
#include "sim_open.h"
#include <string.h>
#include "pal_host.h"
#include "sim.h"

static void identify(const struct pal_image_header *header,
		     struct pal_identity *identity)
{
	*identity = (struct pal_identity){
		.security_version = header->security_version,
		.flags = PAL_IDENTITY_SIMULATED,
	};
	memcpy(identity->name, header->name, sizeof(identity->name));
	if (header->flags & PAL_FLAG_DEBUG)
		identity->flags |= PAL_IDENTITY_DEBUG;
}

int sim_open(struct pal *pal, const void *image)
{
	struct pal_image_header header;
	struct pal_identity identity;
	const struct sim_setup setup = {
		.image = image,
		.header = &header,
		.window = pal->window,
		.window_size = pal->window_size,
		.identity = &identity,
	};

	memcpy(&header, image, sizeof(header));
	identify(&header, &identity);
	return sim_create(&setup, &pal->sim);
}
