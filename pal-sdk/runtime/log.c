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

/* The page is shared: its size is what anybody says, until it is clamped. */
void pal_log(const char *format, ...)
{
	struct pal_log_page *page = pal_is_debug ? own_page() : NULL;
	uint32_t size, room;
	va_list args;
	int length;

	if (!page)
		return;
	size = *(volatile uint32_t *)&page->size;
	if (size > sizeof(page->text))
		size = sizeof(page->text);
	room = (uint32_t)sizeof(page->text) - size;
	va_start(args, format);
	length = vsnprintf(page->text + size, room, format, args);
	va_end(args);
	if (length < 0)
		return;
	/* The last byte of the room takes vsnprintf()'s ending zero. */
	if (room && (uint32_t)length < room) {
		page->size = size + (uint32_t)length;
		return;
	}
	page->lost += (uint32_t)length - (room ? room - 1 : 0);
	page->size = size + (room ? room - 1 : 0);
}
