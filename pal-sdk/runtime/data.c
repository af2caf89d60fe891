/* SPDX-License-Identifier: BSD-2-Clause */
/* The data window: what of the window lies behind the threads' slices. */
#include "pal.h"
#include "runtime.h"

static uint64_t slices_size(void)
{
	return pal_threads * pal_arg_size;
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
