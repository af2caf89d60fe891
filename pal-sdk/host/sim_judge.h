/* SPDX-License-Identifier: BSD-2-Clause */
/* The notary in the simulator. */
#ifndef HOST_SIM_JUDGE_H
#define HOST_SIM_JUDGE_H

#include <stddef.h>
#include "abi/notary.h"
#include "abi/pal_image.h"

/*
 * Have the notary, the PAL that also the hypervisor asks, measure and judge the
 * image of size bytes (with its signature, if it has one) by the policy in the
 * file that PAL_SIM_POLICY names, or by none; then refuse, for a window of that
 * size, what the hypervisor itself refuses.  Returns 0 and the notary's record,
 * the identity marked as simulated; or PAL_EPOLICY, PAL_EIO, PAL_ENOMEM,
 * PAL_EPROTO with their texts, and then *out is as it was.
 */
int sim_judge(const void *image, size_t size,
	      const struct pal_image_header *header, size_t window_size,
	      struct notary_record *out);

#endif /* HOST_SIM_JUDGE_H */
