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

void log_empty(const struct pal *pal, unsigned int thread)
{
	struct pal_log_page *page = page_of(pal, thread);

	page->size = 0;
	page->lost = 0;
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

void log_print(const struct pal *pal, unsigned int thread)
{
	struct pal_log_page page;
	const char *line = page.text;
	size_t left;

	memcpy(&page, page_of(pal, thread), sizeof(page));
	left = page.size < sizeof(page.text) ? page.size : sizeof(page.text);
	if (!left && !page.lost)
		return;
	flockfile(stderr);
	while (left) {
		const char *end = memchr(line, '\n', left);
		size_t size = end ? (size_t)(end - line) : left;

		print_line(pal->name, line, size);
		left -= end ? size + 1 : size;
		line += end ? size + 1 : size;
	}
	if (page.lost)
		fprintf(stderr, "[%.*s] (%u more bytes of log are lost)\n",
			HV_PAL_NAME_SIZE, pal->name, page.lost);
	funlockfile(stderr);
}
