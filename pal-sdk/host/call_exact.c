/* SPDX-License-Identifier: BSD-2-Clause */
/* What the stubs of typed calls come down to. */
#include "error.h"
#include "pal_host.h"

int pal_call_exact(struct pal *pal, unsigned int entry, const void *in,
		   size_t in_size, void *out, size_t out_size)
{
	size_t written;
	int status = pal_call(pal, entry, in, in_size, out, out_size, &written);

	if (status || written == out_size)
		return status;
	return error_plain(PAL_STATUS_BAD_RESULT);
}
