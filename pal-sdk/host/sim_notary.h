/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The notary as simulated PALs call it: the same code for its services as in
 * the hypervisor's, in this process.
 */
#ifndef HOST_SIM_NOTARY_H
#define HOST_SIM_NOTARY_H

#include <stdbool.h>
#include "sim_instance.h"

/*
 * Make it ready: with the root in the file that PAL_SIM_ROOT names, or with one
 * of this program's own, and the counters.  Returns 0, or PAL_EIO or PAL_ENOMEM
 * with a text.  Again and from several threads at once does no harm.
 */
int sim_notary_start(void);

/* Is this the name that PALs call it by? */
bool sim_notary_is_meant(const char name[32]);

/*
 * Answer a call of a PAL of this identity: input and output are at `bytes`,
 * which others may change.  Returns HV_OK and what the notary would return in
 * *result, or HV_E*.
 */
int sim_notary_answer(const struct pal_identity *caller,
		      const struct sim_arguments *arguments, char *bytes,
		      int64_t *result);

#endif /* HOST_SIM_NOTARY_H */
