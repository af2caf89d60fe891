/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypervisor started anew with a policy, for cases that need one.  Such
 * a program ends with fresh_restore(), and where its policies refuse a good PAL
 * it says case_expect_hypervisor(false).
 */
#ifndef SYSTEM_FRESH_H
#define SYSTEM_FRESH_H

#include <stdbool.h>

/* Where policies, keys and signed images lie; made when need be. */
#define FRESH_FOLDER "/run/fresh/"

/* Run a shell command there; the case fails, and false comes, if it does. */
bool fresh_do(const char *command);

/* End the hypervisor and start it with this policy's text. */
bool fresh_start(const char *policy);

/* As the suite wants to find it: no policy.  Returns what main() shall. */
int fresh_restore(int status);

#endif /* SYSTEM_FRESH_H */
