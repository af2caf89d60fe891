/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether there can be tokens at all: quick and silent. */
#ifndef LIB_BACKEND_H
#define LIB_BACKEND_H

#include <stdbool.h>

/* A hypervisor that runs and that this process may use, or the simulator. */
bool backend_is_there(void);

/* This process may make folders among the tokens. */
bool backend_may_make_tokens(void);

#endif /* LIB_BACKEND_H */
