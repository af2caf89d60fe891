/* SPDX-License-Identifier: BSD-2-Clause */
/* lib/printf, lib/string (under other names, see unit.mk), lib/spinlock. */
#include "lib/printf.h"

#include <string.h>

#include "fake_platform.h"
#include "lib/spinlock.h"
#include "test.h"

void *hv_memset(void *dst, int c, size_t n);
void *hv_memcpy(void *restrict dst, const void *restrict src, size_t n);
int hv_memcmp(const void *a, const void *b, size_t n);
size_t hv_strlen(const char *s);

static char buffer[64];

static const char *text(size_t size, const char *fmt, ...)
{
	size_t length;
	va_list args;

	memset(buffer, '#', sizeof(buffer));
	va_start(args, fmt);
	length = format(buffer, size, fmt, args);
	va_end(args);
	CHECK_EQ(length, strlen(buffer));
	CHECK(length < size);
	CHECK(size == sizeof(buffer) || buffer[size] == '#');
	return buffer;
}

#define FORMATS(wanted, ...) \
	CHECK(!strcmp(text(sizeof(buffer), __VA_ARGS__), wanted))

static void formats_each_conversion(void)
{
	FORMATS("plain", "plain");
	FORMATS("a bc d", "a %s%c d", "b", 'c');
	FORMATS("0 -1 2147483647 -2147483648", "%d %d %d %d", 0, -1, INT32_MAX,
		INT32_MIN);
	FORMATS("-9223372036854775808", "%ld", INT64_MIN);
	FORMATS("4294967295 18446744073709551615", "%u %lu", UINT32_MAX,
		UINT64_MAX);
	FORMATS("0 dead beef", "%x %x %lx", 0, 0xdead, 0xbeefL);
	FORMATS("00000000000000ff", "%016lx", 0xffL);
	FORMATS("0012 123", "%04x %2x", 0x12, 0x123);
	FORMATS("100%", "100%%");
}

static void an_odd_format_is_harmless(void)
{
	FORMATS("end", "end%");
	FORMATS("end", "end%l");
	FORMATS("end", "end%08");
	FORMATS("q", "%q");
	FORMATS("", "%s", "");
}

static void what_does_not_fit_is_dropped(void)
{
	CHECK(!strcmp(text(1, "abc"), ""));
	CHECK(!strcmp(text(2, "abc"), "a"));
	CHECK(!strcmp(text(4, "%lu", UINT64_MAX), "184"));
	CHECK(!strcmp(text(4, "%s%%", "abcdef"), "abc"));
	CHECK(!strcmp(text(6, "%016lx", 1L), "00000"));
}

static void memory_functions_keep_their_bounds(void)
{
	uint8_t from[64], to[64];
	unsigned int at, n, i;

	for (at = 0; at < 9; at++) {
		for (n = 0; n < 40; n++) {
			for (i = 0; i < sizeof(from); i++)
				from[i] = (uint8_t)(i + 1);
			memset(to, 0xee, sizeof(to));
			CHECK(hv_memcpy(to + at, from + 3, n) == to + at);
			for (i = 0; i < sizeof(to); i++)
				CHECK(to[i] == (i < at || i >= at + n ?
						0xee : i - at + 4));
			CHECK(hv_memset(to + at, 0x5a, n) == to + at);
			for (i = 0; i < sizeof(to); i++)
				CHECK(to[i] == (i < at || i >= at + n ?
						0xee : 0x5a));
		}
	}
	hv_memset(to, -1, sizeof(to));
	CHECK_EQ(to[63], 0xff);
}

static void memory_is_compared_as_bytes(void)
{
	CHECK_EQ(hv_memcmp("abc", "abd", 2), 0);
	CHECK(hv_memcmp("abc", "abd", 3) < 0);
	CHECK(hv_memcmp("\xff", "\x01", 1) > 0);
	CHECK_EQ(hv_memcmp("a", "b", 0), 0);
	CHECK_EQ(hv_strlen(""), 0);
	CHECK_EQ(hv_strlen("four"), 4);
}

static void a_lock_is_taken_in_turn(void)
{
	struct spinlock lock = { 0, 0 };

	spin_lock(&lock);
	CHECK_EQ(lock.next, 1);
	CHECK_EQ(lock.serving, 0);
	spin_unlock(&lock);
	CHECK_EQ(lock.serving, 1);
	lock.next = lock.serving = UINT32_MAX;
	spin_lock(&lock);
	CHECK_EQ(lock.next, 0);
	spin_unlock(&lock);
	CHECK_EQ(lock.serving, 0);
}

TESTS(
	RUN(formats_each_conversion);
	RUN(an_odd_format_is_harmless);
	RUN(what_does_not_fit_is_dropped);
	RUN(memory_functions_keep_their_bounds);
	RUN(memory_is_compared_as_bytes);
	RUN(a_lock_is_taken_in_turn);
)
