/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the hypervisor puts the root; the tests on the host bring their own. */
#include "root_page.h"
#include "abi/pal_image.h"

const struct hv_root *const root_page =
	(const struct hv_root *)(PAL_IDENTITY_BASE +
				 sizeof(struct pal_identity));
