/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a sealing root came from, HV_ROOT_* of abi/root.h, in words. */
#ifndef TOOL_ROOT_KIND_H
#define TOOL_ROOT_KIND_H

#include <stdint.h>

/* One word, and what people should know of it. */
const char *root_kind_word(uint32_t kind);
const char *root_kind_text(uint32_t kind);

#endif /* TOOL_ROOT_KIND_H */
