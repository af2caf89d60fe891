/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that outlives a reset: firmware with the variables of TCG's Platform
 * Reset Attack Mitigation overwrites it at the next start, if it was asked to.
 */
#ifndef TOOL_OVERWRITE_H
#define TOOL_OVERWRITE_H

#include <stdbool.h>

/*
 * Ask for it, also after a reset that looks clean, and have the firmware take
 * no other word on it until then.  It takes the request back itself, when it
 * has done it.  False: it will not be done, as this firmware does not know how,
 * or after a message that says why.
 */
bool overwrite_ask(void);

#endif /* TOOL_OVERWRITE_H */
