/* SPDX-License-Identifier: BSD-2-Clause */
/* The data window: what of the window lies behind the threads' slices. */
#include "pal.h"
#include "pal_log_page.h"
#include "runtime.h"

/* With the pages for logs that a debug PAL has. */
static uint64_t slices_size(void)
{
	uint64_t log_size = pal_is_debug ? PAL_LOG_PAGE_SIZE : 0;

	return pal_threads * (pal_arg_size + log_size);
}

void *pal_data(void)
{
	return runtime_window + slices_size();
}

size_t pal_data_size(void)
{
	uint64_t slices = slices_size();

	return runtime_window_size > slices ? runtime_window_size - slices : 0;
}
