/* SPDX-License-Identifier: BSD-2-Clause */
/* pal_log(): text for the caller's standard error, of debug PALs only. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include "pal.h"
#include "pal_log_page.h"
#include "runtime.h"

/* NULL when the caller gave no room for logs. */
static struct pal_log_page *own_page(void)
{
	uint64_t offset = pal_threads * pal_arg_size +
			  pal_thread_index() * (uint64_t)PAL_LOG_PAGE_SIZE;

	if (offset + PAL_LOG_PAGE_SIZE > runtime_window_size)
		return NULL;
	return (struct pal_log_page *)(runtime_window + offset);
}

/*
 * The page is shared: its size is what anybody says, until it is clamped.
 * Returns false if somebody has changed it meanwhile.
 */
static bool add(struct pal_log_page *page, const char *format, va_list args)
{
	uint32_t seen = atomic_load(&page->size);
	uint32_t size = seen < PAL_LOG_TEXT_SIZE ? seen : PAL_LOG_TEXT_SIZE;
	uint32_t room = PAL_LOG_TEXT_SIZE - size;
	int length = vsnprintf(page->text + size, room, format, args);
	uint32_t added = (uint32_t)length;

	if (length < 0)
		return true;
	/* The last byte of the room takes vsnprintf()'s ending zero. */
	if (added >= room)
		added = room ? room - 1 : 0;
	if (!atomic_compare_exchange_strong(&page->size, &seen, size + added))
		return false;
	if (added < (uint32_t)length)
		atomic_fetch_add(&page->lost, (uint32_t)length - added);
	return true;
}

/* libpal may take the text just then: the second time there is room. */
void pal_log(const char *format, ...)
{
	struct pal_log_page *page = pal_is_debug ? own_page() : NULL;
	bool is_added = !page;
	va_list args;

	for (int i = 0; !is_added && i < 2; i++) {
		va_start(args, format);
		is_added = add(page, format, args);
		va_end(args);
	}
}
