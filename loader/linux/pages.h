/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Runs of contiguous pages that are handed to the hypervisor.
 */
#ifndef LOADER_PAGES_H
#define LOADER_PAGES_H

struct page;

/*
 * Map `count` contiguous pages writable and executable.  Returns NULL without
 * memory; vunmap() ends it.
 */
void *pages_map_executable(struct page *first, unsigned int count);

/* Tell dump tools, /proc/kcore and hibernation not to read these pages. */
void pages_set_offline(struct page *first, unsigned int count);
void pages_clear_offline(struct page *first, unsigned int count);

#endif /* LOADER_PAGES_H */
