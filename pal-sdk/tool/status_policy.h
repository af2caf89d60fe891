/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The policy in force, in `pal status`: its mode and flags by the hypervisor's
 * word, its hash, authorities and PALs by the kernel's, if it has them.
 */
#ifndef TOOL_STATUS_POLICY_H
#define TOOL_STATUS_POLICY_H

#include "status.h"

/* Lines of text, or the value of a JSON member, null without a policy. */
void status_policy_text(const struct status *status);
void status_policy_json(const struct status *status);

#endif /* TOOL_STATUS_POLICY_H */
