/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/log.h"

#include "core/platform.h"
#include "lib/printf.h"

static void append(struct log *log, const char *text, size_t length)
{
	size_t i;

	spin_lock(&log->lock);
	for (i = 0; i < length; i++)
		log->text[log->end++ % LOG_SIZE] = text[i];
	platform_console(text, (unsigned int)length);
	spin_unlock(&log->lock);
}

void log_line(struct log *log, const char *fmt, ...)
{
	char line[160];
	size_t length;
	va_list args;

	va_start(args, fmt);
	length = format(line, sizeof(line) - 1, fmt, args);
	va_end(args);
	line[length++] = '\n';
	append(log, line, length);
}

size_t log_read(struct log *log, uint64_t *from, char *out, size_t size)
{
	size_t count = 0;

	spin_lock(&log->lock);
	if (*from > log->end)
		*from = log->end;
	if (log->end - *from > LOG_SIZE)
		*from = log->end - LOG_SIZE;
	while (count < size && *from + count < log->end) {
		out[count] = log->text[(*from + count) % LOG_SIZE];
		count++;
	}
	spin_unlock(&log->lock);
	return count;
}
