/* SPDX-License-Identifier: BSD-2-Clause */
/* What the notary's services cost a PAL: its call less an empty one. */
#include "seal.h"
#include <pal_host.h>
#include "bench.h"

static uint64_t call(struct pal *pal, unsigned int entry)
{
	if (pal_call(pal, entry, NULL, 0, NULL, 0, NULL))
		fail("sealing");
	return MEASURE(pal_call(pal, entry, NULL, 0, NULL, 0, NULL));
}

void bench_seal(const char *folder)
{
	struct pal *pal = open_pal(folder, "seal.pal");
	uint64_t nothing = call(pal, SEAL_NOTHING);

	figure("pal_seal_32_instructions",
	       (double)(call(pal, SEAL_SEAL) - nothing));
	figure("pal_unseal_32_instructions",
	       (double)(call(pal, SEAL_UNSEAL) - nothing));
	figure("pal_counter_read_instructions",
	       (double)(call(pal, SEAL_READ) - nothing));
	figure("pal_counter_advance_instructions",
	       (double)(call(pal, SEAL_ADVANCE) - nothing));
	pal_close(pal);
}
