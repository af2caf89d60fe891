/* SPDX-License-Identifier: BSD-2-Clause */
/* What to use instead of C library functions that PALs do not have. */
#ifndef TOOL_ADVICE_H
#define TOOL_ADVICE_H

/* A clause for the function of that name; static, never NULL. */
const char *advice_for(const char *function);

#endif /* TOOL_ADVICE_H */
