/* SPDX-License-Identifier: BSD-2-Clause */
/* The sealing root as it came with the launch (abi/notary.h); read-only. */
#ifndef NOTARY_ROOT_PAGE_H
#define NOTARY_ROOT_PAGE_H

#include "abi/root.h"

extern const struct hv_root *const root_page;

#endif /* NOTARY_ROOT_PAGE_H */
