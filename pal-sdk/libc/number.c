/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers from text. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

int errno;

struct number {
	unsigned long magnitude;
	bool negative;
	bool too_large;
};

static unsigned digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (unsigned)(digit - '0');
	if (digit >= 'a' && digit <= 'z')
		return (unsigned)(digit - 'a') + 10;
	if (digit >= 'A' && digit <= 'Z')
		return (unsigned)(digit - 'A') + 10;
	return UINT_MAX;
}

static bool is_space(char character)
{
	return character == ' ' || (character >= '\t' && character <= '\r');
}

static bool has_hex_prefix(const char *at)
{
	return at[0] == '0' && (at[1] == 'x' || at[1] == 'X') &&
	       digit_value(at[2]) < 16;
}

static const char *skip_prefix(const char *at, int *base)
{
	if ((*base == 0 || *base == 16) && has_hex_prefix(at)) {
		*base = 16;
		return at + 2;
	}
	if (*base == 0)
		*base = *at == '0' ? 8 : 10;
	return at;
}

/* Returns where the number ends, or string itself if there is none. */
static const char *read_number(const char *string, int base, struct number *out)
{
	const char *at = string, *digits;

	*out = (struct number){0};
	while (is_space(*at))
		at++;
	if (*at == '-' || *at == '+')
		out->negative = *at++ == '-';
	digits = at = skip_prefix(at, &base);

	for (; digit_value(*at) < (unsigned)base; at++)
		if (__builtin_mul_overflow(out->magnitude, (unsigned long)base,
					   &out->magnitude) ||
		    __builtin_add_overflow(out->magnitude, digit_value(*at),
					   &out->magnitude))
			out->too_large = true;
	return at == digits ? string : at;
}

unsigned long strtoul(const char *string, char **end, int base)
{
	struct number number;
	const char *stop = read_number(string, base, &number);

	if (end)
		*end = (char *)(uintptr_t)stop;
	if (number.too_large) {
		errno = ERANGE;
		return ULONG_MAX;
	}
	return number.negative ? -number.magnitude : number.magnitude;
}

long strtol(const char *string, char **end, int base)
{
	struct number number;
	const char *stop = read_number(string, base, &number);
	unsigned long limit;

	if (end)
		*end = (char *)(uintptr_t)stop;
	limit = number.negative ? (unsigned long)LONG_MAX + 1 : LONG_MAX;
	if (number.too_large || number.magnitude > limit) {
		errno = ERANGE;
		return number.negative ? LONG_MIN : LONG_MAX;
	}
	return (long)(number.negative ? -number.magnitude : number.magnitude);
}

int atoi(const char *string)
{
	return (int)strtol(string, NULL, 10);
}

int abs(int value)
{
	return value < 0 ? -value : value;
}
