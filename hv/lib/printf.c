/* SPDX-License-Identifier: BSD-2-Clause */
#include "lib/printf.h"

#include <stdbool.h>
#include <stdint.h>

struct out {
	char *at;
	char *end;		/* place of the final zero */
};

static void put(struct out *out, char c)
{
	if (out->at < out->end)
		*out->at++ = c;
}

static void put_string(struct out *out, const char *s)
{
	while (*s)
		put(out, *s++);
}

static void put_number(struct out *out, uint64_t value, unsigned int base,
		       unsigned int width)
{
	char digits[24];
	unsigned int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value > 0);
	while (width > n && width-- > 0)
		put(out, '0');
	while (n > 0)
		put(out, digits[--n]);
}

static void put_signed(struct out *out, int64_t value)
{
	if (value < 0)
		put(out, '-');
	put_number(out, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, 0);
}

size_t format(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out out = { buf, buf + size - 1 };

	for (; *fmt; fmt++) {
		unsigned int width = 0;
		bool is_long;

		if (*fmt != '%') {
			put(&out, *fmt);
			continue;
		}
		fmt++;
		while (*fmt >= '0' && *fmt <= '9')
			width = width * 10 + (unsigned int)(*fmt++ - '0');
		is_long = *fmt == 'l';
		if (is_long)
			fmt++;
		switch (*fmt) {
		case 's':
			put_string(&out, va_arg(args, const char *));
			break;
		case 'c':
			put(&out, (char)va_arg(args, int));
			break;
		case 'd':
			put_signed(&out, is_long ? va_arg(args, long) :
						   va_arg(args, int));
			break;
		case 'u':
		case 'x':
			put_number(&out,
				   is_long ? va_arg(args, unsigned long) :
					     va_arg(args, unsigned int),
				   *fmt == 'x' ? 16 : 10, width);
			break;
		case '\0':
			*out.at = '\0';
			return (size_t)(out.at - buf);
		default:
			put(&out, *fmt);
			break;
		}
	}
	*out.at = '\0';
	return (size_t)(out.at - buf);
}
