/* SPDX-License-Identifier: BSD-2-Clause */
/* How much memory a PAL would take under the hypervisor. */
#ifndef HOST_SIM_PAGES_H
#define HOST_SIM_PAGES_H

#include <stdint.h>
#include "abi/pal_image.h"

/*
 * The private pages, tables included, that a policy's max-memory is about: what
 * hv/core/pal_build.c takes for a PAL of this checked header and window, where
 * Linux has page tables of four levels (with five it is one page more).
 */
uint64_t sim_pages(const struct pal_image_header *header, uint64_t window_size);

#endif /* HOST_SIM_PAGES_H */
