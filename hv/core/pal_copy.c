/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal_copy.h"

#include "core/hv.h"
#include "lib/string.h"

/* The bytes at this address up to the page's end, if access is allowed. */
static char *view(const struct pal *pal, uint64_t at, unsigned int access,
		  uint64_t *left)
{
	unsigned int allowed;
	hpa_t to;

	if (at >= PAL_SPACE_END ||
	    !npt_translate(&pal->npt, gpa(at), &to, &allowed) ||
	    access & ~allowed || !pal_owns(pal, to))
		return NULL;
	*left = PAGE_SIZE - (at & (PAGE_SIZE - 1));
	return hpa_to_ptr(to);
}

int pal_copy(const struct pal *from, uint64_t source, struct pal *to,
	     uint64_t target, uint64_t size)
{
	if (size > PAL_PEER_SIZE_MAX)
		return HV_EINVAL;
	while (size > 0) {
		uint64_t part = size, left;
		char *in, *out;

		in = view(from, source, NPT_R, &left);
		if (in && left < part)
			part = left;
		out = view(to, target, NPT_W, &left);
		if (!in || !out)
			return HV_EINVAL;
		if (left < part)
			part = left;
		memcpy(out, in, part);
		source += part;
		target += part;
		size -= part;
	}
	return HV_OK;
}

int pal_copy_out(const struct pal *from, uint64_t source, void *target,
		 size_t size)
{
	char *out = target;

	while (size > 0) {
		uint64_t left;
		const char *in = view(from, source, NPT_R, &left);

		if (!in)
			return HV_EINVAL;
		if (left > size)
			left = size;
		memcpy(out, in, left);
		out += left;
		source += left;
		size -= left;
	}
	return HV_OK;
}
