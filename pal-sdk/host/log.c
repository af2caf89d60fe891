/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Printing what a PAL says: each line with the PAL's name before it.  The text
 * is the PAL's and anybody's, so nothing in it reaches a terminal as a command.
 */
#include "log.h"
#include <stdio.h>
#include <string.h>
#include "pal_log_page.h"

static struct pal_log_page *page_of(const struct pal *pal, unsigned int thread)
{
	size_t slices = pal->thread_count * pal->arg_size;

	return (struct pal_log_page *)(pal->window + slices +
				       thread * (size_t)PAL_LOG_PAGE_SIZE);
}

static void print_line(const char *name, const char *text, size_t size)
{
	fprintf(stderr, "[%.*s] ", HV_PAL_NAME_SIZE, name);
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)text[i];
		int is_control = byte < 0x20 || byte == 0x7f;

		fputc(is_control && byte != '\t' ? '?' : byte, stderr);
	}
	fputc('\n', stderr);
}

/*
 * Take the text away.  Returns its size; 0 too when the PAL is just adding to
 * it, so that all of it is there for the next time.
 */
static size_t take(struct pal_log_page *page, char text[PAL_LOG_TEXT_SIZE])
{
	uint32_t seen = atomic_load(&page->size);
	size_t size = seen < PAL_LOG_TEXT_SIZE ? seen : PAL_LOG_TEXT_SIZE;

	memcpy(text, page->text, size);
	return atomic_compare_exchange_strong(&page->size, &seen, 0) ? size : 0;
}

static void print_page(const char *name, struct pal_log_page *page)
{
	char text[PAL_LOG_TEXT_SIZE];
	const char *line = text;
	uint32_t lost;
	size_t left;

	flockfile(stderr); /* one at a time takes */
	left = take(page, text);
	while (left) {
		const char *end = memchr(line, '\n', left);
		size_t size = end ? (size_t)(end - line) : left;

		print_line(name, line, size);
		left -= end ? size + 1 : size;
		line += end ? size + 1 : size;
	}
	lost = atomic_exchange(&page->lost, 0);
	if (lost)
		fprintf(stderr, "[%.*s] (%u more bytes of log are lost)\n",
			HV_PAL_NAME_SIZE, name, lost);
	funlockfile(stderr);
}

void log_print(const struct pal *pal)
{
	for (unsigned int i = 0; pal->has_logs && i < pal->thread_count; i++) {
		struct pal_log_page *page = page_of(pal, i);

		if (atomic_load(&page->size) || atomic_load(&page->lost))
			print_page(pal->name, page);
	}
}
