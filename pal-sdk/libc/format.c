/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snprintf(): one pass over the format; each conversion becomes a struct
 * conversion, then text.  No buffer limits what a width may ask for, no
 * conversion writes anywhere but into the caller's buffer.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct sink {
	char *to;
	size_t size;
	size_t length; /* of the whole text, whether or not it fitted */
};

struct conversion {
	bool left, plus, space, zero, alternate;
	bool has_precision;
	size_t width, precision;
	int size; /* 4 for int, 8 for long, 2 and 1 for h and hh */
	char kind;
};

static void put(struct sink *sink, char character)
{
	if (sink->length + 1 < sink->size)
		sink->to[sink->length] = character;
	sink->length++;
}

static void put_times(struct sink *sink, char character, size_t times)
{
	/* No more than can still be counted in an int: see vsnprintf(). */
	while (times-- && sink->length <= INT_MAX)
		put(sink, character);
}

static void put_bytes(struct sink *sink, const char *bytes, size_t length)
{
	while (length--)
		put(sink, *bytes++);
}

/* Text of the given length, in its field. */
static void put_field(struct sink *sink, const struct conversion *conv,
		      const char *text, size_t length)
{
	size_t padding = conv->width > length ? conv->width - length : 0;

	if (!conv->left)
		put_times(sink, ' ', padding);
	put_bytes(sink, text, length);
	if (conv->left)
		put_times(sink, ' ', padding);
}

/* Digits of value, most significant first; returns how many (0 for 0). */
static size_t digits_of(char *digits, uint64_t value, unsigned base, bool upper)
{
	const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char reversed[24];
	size_t count = 0;

	for (; value; value /= base)
		reversed[count++] = alphabet[value % base];
	for (size_t i = 0; i < count; i++)
		digits[i] = reversed[count - 1 - i];
	return count;
}

static void put_number(struct sink *sink, const struct conversion *conv,
		       const char *prefix, uint64_t value, unsigned base)
{
	char digits[24];
	size_t count = digits_of(digits, value, base, conv->kind == 'X');
	size_t least = conv->has_precision ? conv->precision : 1;
	size_t prefix_length = strlen(prefix);
	size_t zeros = least > count ? least - count : 0;
	size_t used, padding;

	if (base == 8 && conv->alternate && !zeros)
		zeros = 1;
	used = prefix_length + zeros + count;
	padding = conv->width > used ? conv->width - used : 0;

	if (conv->zero && !conv->left && !conv->has_precision) {
		zeros += padding;
		padding = 0;
	}
	if (!conv->left)
		put_times(sink, ' ', padding);
	put_bytes(sink, prefix, prefix_length);
	put_times(sink, '0', zeros);
	put_bytes(sink, digits, count);
	if (conv->left)
		put_times(sink, ' ', padding);
}

static void put_signed(struct sink *sink, const struct conversion *conv,
		       int64_t value)
{
	const char *sign = value < 0	 ? "-"
			   : conv->plus	 ? "+"
			   : conv->space ? " "
					 : "";
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;

	put_number(sink, conv, sign, magnitude, 10);
}

static void put_unsigned(struct sink *sink, const struct conversion *conv,
			 uint64_t value)
{
	unsigned base = conv->kind == 'u' ? 10 : conv->kind == 'o' ? 8 : 16;
	const char *prefix = "";

	if (base == 16 && conv->alternate && value)
		prefix = conv->kind == 'X' ? "0X" : "0x";
	put_number(sink, conv, prefix, value, base);
}

static void put_string(struct sink *sink, const struct conversion *conv,
		       const char *string)
{
	size_t limit = conv->has_precision ? conv->precision : SIZE_MAX;

	if (!string)
		string = "(null)";
	put_field(sink, conv, string, strnlen(string, limit));
}

static int64_t next_signed(int size, va_list *args)
{
	if (size == 8)
		return va_arg(*args, long);
	if (size == 4)
		return va_arg(*args, int);
	if (size == 2)
		return (short)va_arg(*args, int);
	return (signed char)va_arg(*args, int);
}

static uint64_t next_unsigned(int size, va_list *args)
{
	if (size == 8)
		return va_arg(*args, unsigned long);
	if (size == 4)
		return va_arg(*args, unsigned);
	if (size == 2)
		return (unsigned short)va_arg(*args, unsigned);
	return (unsigned char)va_arg(*args, unsigned);
}

static const char *read_flags(const char *at, struct conversion *conv)
{
	for (;; at++) {
		if (*at == '-')
			conv->left = true;
		else if (*at == '+')
			conv->plus = true;
		else if (*at == ' ')
			conv->space = true;
		else if (*at == '0')
			conv->zero = true;
		else if (*at == '#')
			conv->alternate = true;
		else
			return at;
	}
}

/* A number in the format, no larger than INT_MAX. */
static const char *read_count(const char *at, size_t *count)
{
	for (*count = 0; *at >= '0' && *at <= '9'; at++)
		if (*count <= INT_MAX)
			*count = *count * 10 + (size_t)(*at - '0');
	if (*count > INT_MAX)
		*count = INT_MAX;
	return at;
}

static const char *read_width(const char *at, struct conversion *conv,
			      va_list *args)
{
	int width;

	if (*at != '*')
		return read_count(at, &conv->width);
	width = va_arg(*args, int);
	if (width < 0)
		conv->left = true;
	conv->width = width < 0 ? -(size_t)width : (size_t)width;
	return at + 1;
}

static const char *read_precision(const char *at, struct conversion *conv,
				  va_list *args)
{
	int precision;

	if (*at != '.')
		return at;
	conv->has_precision = true;
	if (at[1] != '*')
		return read_count(at + 1, &conv->precision);
	precision = va_arg(*args, int);
	conv->has_precision = precision >= 0;
	conv->precision = precision < 0 ? 0 : (size_t)precision;
	return at + 2;
}

static const char *read_size(const char *at, struct conversion *conv)
{
	conv->size = 4;
	if (*at == 'h') {
		conv->size = at[1] == 'h' ? 1 : 2;
		return at + (at[1] == 'h' ? 2 : 1);
	}
	if (*at == 'l') {
		conv->size = 8;
		return at + (at[1] == 'l' ? 2 : 1);
	}
	if (*at == 'z' || *at == 'j' || *at == 't') {
		conv->size = 8;
		return at + 1;
	}
	return at;
}

static bool put_conversion(struct sink *sink, struct conversion *conv,
			   va_list *args)
{
	char character;

	switch (conv->kind) {
	case 'd':
	case 'i':
		put_signed(sink, conv, next_signed(conv->size, args));
		return true;
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		put_unsigned(sink, conv, next_unsigned(conv->size, args));
		return true;
	case 'p':
		conv->alternate = true;
		put_unsigned(sink, conv, (uintptr_t)va_arg(*args, void *));
		return true;
	case 'c':
		character = (char)va_arg(*args, int);
		put_field(sink, conv, &character, 1);
		return true;
	case 's':
		put_string(sink, conv, va_arg(*args, const char *));
		return true;
	case '%':
		put(sink, '%');
		return true;
	}
	return false;
}

static bool put_format(struct sink *sink, const char *at, va_list *args)
{
	while (*at) {
		struct conversion conv = {0};

		if (*at != '%') {
			put(sink, *at++);
			continue;
		}
		at = read_flags(at + 1, &conv);
		at = read_width(at, &conv, args);
		at = read_precision(at, &conv, args);
		at = read_size(at, &conv);
		conv.kind = *at;
		if (!put_conversion(sink, &conv, args))
			return false;
		at++;
	}
	return true;
}

int vsnprintf(char *to, size_t size, const char *format, va_list args)
{
	struct sink sink = {.to = to, .size = size};
	va_list rest;
	bool good;

	va_copy(rest, args);
	good = put_format(&sink, format, &rest);
	va_end(rest);

	if (size)
		to[sink.length < size ? sink.length : size - 1] = 0;
	return good && sink.length <= INT_MAX ? (int)sink.length : -1;
}

int snprintf(char *to, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(to, size, format, args);
	va_end(args);
	return length;
}
