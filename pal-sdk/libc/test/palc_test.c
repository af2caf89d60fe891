/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of the PAL's C library on the host.  The library's functions are here
 * under names with palc_ in front; the host's own are the reference.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void *palc_memcpy(void *to, const void *from, size_t size);
void *palc_memmove(void *to, const void *from, size_t size);
void *palc_memset(void *to, int byte, size_t size);
int palc_memcmp(const void *a, const void *b, size_t size);
void *palc_memchr(const void *in, int byte, size_t size);
void palc_explicit_bzero(void *to, size_t size);
size_t palc_strlen(const char *string);
size_t palc_strnlen(const char *string, size_t limit);
int palc_strcmp(const char *a, const char *b);
int palc_strncmp(const char *a, const char *b, size_t limit);
char *palc_strcpy(char *to, const char *from);
char *palc_strncpy(char *to, const char *from, size_t size);
size_t palc_strlcpy(char *to, const char *from, size_t size);
char *palc_strcat(char *to, const char *from);
char *palc_strchr(const char *in, int character);
char *palc_strrchr(const char *in, int character);
char *palc_strstr(const char *in, const char *wanted);
void *palc_malloc(size_t size);
void *palc_calloc(size_t count, size_t size);
void *palc_realloc(void *block, size_t size);
void palc_free(void *block);
void palc_qsort(void *base, size_t count, size_t size,
		int (*compare)(const void *, const void *));
void *palc_bsearch(const void *key, const void *base, size_t count, size_t size,
		   int (*compare)(const void *, const void *));
long palc_strtol(const char *string, char **end, int base);
unsigned long palc_strtoul(const char *string, char **end, int base);
int palc_snprintf(char *to, size_t size, const char *format, ...);
_Noreturn void palc_abort(void);
extern int palc_errno;

/* The heap's region, as a linker script would give it; not aligned. */
#define HEAP_SIZE 262144
extern char __pal_heap_start[], __pal_heap_end[];
__asm__(".bss\n"
	".balign 64\n"
	".skip 5\n"
	".globl __pal_heap_start, __pal_heap_end\n"
	"__pal_heap_start: .skip 262144\n"
	"__pal_heap_end:\n"
	".text");

/* An abort of the library comes back to the test that expects it. */
static jmp_buf aborted;
static bool abort_expected;

_Noreturn void palc_abort(void)
{
	if (!abort_expected)
		abort();
	longjmp(aborted, 1);
}

static int test_count, failed_count;

static void report(bool good, const char *name)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++test_count, name);
	failed_count += !good;
}

/* Good, but not so good as to make a failure unrepeatable. */
static uint32_t random_state = 1;

static uint32_t random_below(uint32_t limit)
{
	random_state = random_state * 1103515245 + 12345;
	return (random_state >> 8) % limit;
}

static bool memcpy_copies_at_each_alignment(void)
{
	unsigned char from[96], to[96], expected[96];

	for (size_t i = 0; i < sizeof(from); i++)
		from[i] = (unsigned char)(i * 7 + 1);
	for (size_t start = 0; start < 16; start++)
		for (size_t size = 0; size < 64; size++) {
			memset(to, 0xee, sizeof(to));
			memset(expected, 0xee, sizeof(expected));
			memcpy(expected + start, from + 15 - start, size);
			palc_memcpy(to + start, from + 15 - start, size);
			if (memcmp(to, expected, sizeof(to)))
				return false;
		}
	return true;
}

static bool memmove_survives_every_overlap(void)
{
	unsigned char ours[80], theirs[80];

	for (size_t from = 0; from < 24; from++)
		for (size_t to = 0; to < 24; to++)
			for (size_t size = 0; size < 56; size++) {
				for (size_t i = 0; i < sizeof(ours); i++)
					ours[i] = theirs[i] = (unsigned char)i;
				palc_memmove(ours + to, ours + from, size);
				memmove(theirs + to, theirs + from, size);
				if (memcmp(ours, theirs, sizeof(ours)))
					return false;
			}
	return true;
}

static bool memset_stays_within_its_bounds(void)
{
	unsigned char bytes[64];

	for (size_t start = 0; start < 16; start++)
		for (size_t size = 0; size < 48; size++) {
			memset(bytes, 0x55, sizeof(bytes));
			palc_memset(bytes + start, 0x1aa, size);
			for (size_t i = 0; i < sizeof(bytes); i++) {
				bool inside = i >= start && i < start + size;

				if (bytes[i] != (inside ? 0xaa : 0x55))
					return false;
			}
		}
	return true;
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static bool memcmp_finds_the_first_difference(void)
{
	unsigned char a[40], b[40];

	for (size_t at = 0; at < sizeof(a); at++) {
		memset(a, 0x80, sizeof(a));
		memset(b, 0x80, sizeof(b));
		b[at] = 0x7f;
		if (at + 1 < sizeof(a))
			b[at + 1] = 0xff;
		for (size_t size = 0; size <= sizeof(a); size++)
			if (sign(palc_memcmp(a, b, size)) !=
			    sign(memcmp(a, b, size)))
				return false;
	}
	return true;
}

static bool strings_match_the_reference(void)
{
	static const char *const texts[] = {
		"", "a", "ab", "abc", "abcabd", "\xff", "b", "bcab", "cabd"};
	size_t count = sizeof(texts) / sizeof(*texts);

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			const char *a = texts[i], *b = texts[j];

			if (palc_strlen(a) != strlen(a) ||
			    palc_strnlen(a, j) != strnlen(a, j) ||
			    sign(palc_strcmp(a, b)) != sign(strcmp(a, b)) ||
			    sign(palc_strncmp(a, b, 2)) !=
				    sign(strncmp(a, b, 2)) ||
			    palc_strstr(a, b) != strstr(a, b) ||
			    palc_strchr(a, *b) != strchr(a, *b) ||
			    palc_strrchr(a, *b) != strrchr(a, *b) ||
			    palc_memchr(a, *b, strlen(a)) !=
				    memchr(a, *b, strlen(a)))
				return false;
		}
	return true;
}

static bool string_copies_end_where_they_must(void)
{
	char to[8] = "xxxxxxx";
	bool good = true;

	palc_strncpy(to, "abc", 5);
	good &= !memcmp(to, "abc\0\0xx", 8);
	palc_strncpy(to, "abcdef", 3);
	good &= !memcmp(to, "abc\0\0xx", 8);
	good &= palc_strlcpy(to, "abcdefghij", sizeof(to)) == 10;
	good &= !strcmp(to, "abcdefg");
	good &= palc_strlcpy(to, "zz", 0) == 2 && !strcmp(to, "abcdefg");
	palc_strcpy(to, "one");
	palc_strcat(to, "two");
	good &= !strcmp(to, "onetwo");
	palc_explicit_bzero(to, sizeof(to));
	return good && !memcmp(to, "\0\0\0\0\0\0\0", 8);
}

#define SAME_TEXT(...)                                                         \
	(snprintf(theirs, sizeof(theirs), __VA_ARGS__) ==                      \
		 palc_snprintf(ours, sizeof(ours), __VA_ARGS__) &&             \
	 !strcmp(ours, theirs))

#pragma GCC diagnostic ignored "-Wformat"
static bool snprintf_matches_the_reference(void)
{
	static const char *const numbers[] = {
		"%d",	  "%5d",   "%-5d|",   "%05d",  "%+d", "% d",   "%.3d",
		"%.0d",	  "%8.3d", "%-8.3d|", "%+08d", "%x",  "%#x",   "%#10x",
		"%#010x", "%X",	   "%#X",     "%o",    "%#o", "%#.3o", "%u",
		"%hhd",	  "%hd",   "%hhu",    "%hu",   "%i",
	};
	static const int values[] = {0,	  1,	-1,    42,	255,
				     256, -128, 65535, INT_MAX, INT_MIN};
	char ours[128], theirs[128];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		for (size_t j = 0; j < sizeof(values) / sizeof(*values); j++)
			if (!SAME_TEXT(numbers[i], values[j]))
				return false;
	return SAME_TEXT("%ld %lu %lx", LONG_MIN, ULONG_MAX, ULONG_MAX) &&
	       SAME_TEXT("%lld %zu %jd %td", LLONG_MAX, SIZE_MAX, (intmax_t)-5,
			 (ptrdiff_t)-6) &&
	       SAME_TEXT("%s|%5s|%-5s|%.2s|%5.1s", "abc", "abc", "abc", "abc",
			 "abc") &&
	       SAME_TEXT("%c%3c%-3c|%%", 'x', 'y', 'z') &&
	       SAME_TEXT("%*d|%-*d|%.*d|%*d", 4, 7, 4, 7, 3, 7, -4, 7) &&
	       SAME_TEXT("%.*s", -1, "all of it") &&
	       SAME_TEXT("%p", (void *)ours) && SAME_TEXT("%s", "");
}

static bool snprintf_cuts_off_but_counts_all(void)
{
	char to[4] = "xxx";
	bool good = palc_snprintf(to, sizeof(to), "%d", 123456) == 6;

	good &= !strcmp(to, "123");
	good &= palc_snprintf(to, 0, "%d", 9) == 1 && !strcmp(to, "123");
	good &= palc_snprintf(NULL, 0, "%5000d", 1) == 5000;
	good &= palc_snprintf(to, 1, "abc") == 3 && !to[0];
	return good;
}

static bool snprintf_refuses_what_it_does_not_know(void)
{
	char to[16];

	return palc_snprintf(to, sizeof(to), "ab%f", 1.0) == -1 &&
	       !strcmp(to, "ab") &&
	       palc_snprintf(to, sizeof(to), "%n", NULL) == -1 &&
	       palc_snprintf(to, sizeof(to), "ab%") == -1 &&
	       palc_snprintf(to, sizeof(to), "%2147483647d%d", 1, 1) == -1;
}

static bool numbers_match_the_reference(void)
{
	static const char *const texts[] = {
		"",
		"0",
		"12",
		"-12",
		"+7",
		" \t\n9z",
		"0x1f",
		"0x",
		"0xg",
		"077",
		"08",
		"z",
		"-",
		"9223372036854775807",
		"9223372036854775808",
		"-9223372036854775808",
		"-9223372036854775809",
		"18446744073709551615",
		"18446744073709551616",
		"99999999999999999999999x",
	};
	static const int bases[] = {0, 8, 10, 16, 36};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		for (size_t j = 0; j < sizeof(bases) / sizeof(*bases); j++) {
			char *ours, *theirs;

			errno = palc_errno = 0;
			if (palc_strtol(texts[i], &ours, bases[j]) !=
				    strtol(texts[i], &theirs, bases[j]) ||
			    ours != theirs || errno != palc_errno)
				return false;
			errno = palc_errno = 0;
			if (palc_strtoul(texts[i], &ours, bases[j]) !=
				    strtoul(texts[i], &theirs, bases[j]) ||
			    ours != theirs || errno != palc_errno)
				return false;
		}
	return true;
}

static int compare_ints(const void *a, const void *b)
{
	int left = *(const int *)a, right = *(const int *)b;

	return (left > right) - (left < right);
}

static bool qsort_and_bsearch_agree(void)
{
	int values[200], sorted[200];

	for (size_t count = 0; count <= 200; count++) {
		for (size_t i = 0; i < count; i++)
			values[i] = sorted[i] = (int)random_below(97);
		palc_qsort(values, count, sizeof(int), compare_ints);
		qsort(sorted, count, sizeof(int), compare_ints);
		if (memcmp(values, sorted, count * sizeof(int)))
			return false;
		for (int key = -1; key < 98; key++) {
			int *at = palc_bsearch(&key, values, count, sizeof(int),
					       compare_ints);
			int *other = bsearch(&key, sorted, count, sizeof(int),
					     compare_ints);

			if (!at != !other || (at && *at != key))
				return false;
		}
	}
	return true;
}

/* The whole heap is one free block again if it fits at once. */
static bool heap_is_whole(void)
{
	void *all = palc_malloc(HEAP_SIZE - 64);

	palc_free(all);
	return all;
}

static bool blocks_are_aligned_and_apart(void)
{
	unsigned char *blocks[64];

	for (int i = 0; i < 64; i++) {
		blocks[i] = palc_malloc((size_t)i);
		if (!blocks[i] || (uintptr_t)blocks[i] % 16)
			return false;
		memset(blocks[i], i, (size_t)i);
	}
	for (int i = 0; i < 64; i++)
		for (int j = 0; j < i; j++)
			if (blocks[i][j] != i)
				return false;
	for (int i = 0; i < 64; i++)
		palc_free(blocks[i * 37 % 64]);
	return heap_is_whole();
}

static bool calloc_gives_zeros_and_no_overflow(void)
{
	unsigned char *block = palc_malloc(1000);
	bool good = true;

	memset(block, 0xff, 1000);
	palc_free(block);
	block = palc_calloc(10, 100);
	for (int i = 0; i < 1000; i++)
		good &= !block[i];
	palc_free(block);
	good &= !palc_calloc(SIZE_MAX / 2, 3);
	good &= !palc_calloc((size_t)1 << 32, (size_t)1 << 32);
	good &= !palc_malloc(SIZE_MAX) && !palc_malloc(SIZE_MAX - 15);
	good &= !palc_malloc((size_t)PTRDIFF_MAX) && !palc_malloc(HEAP_SIZE);
	return good && heap_is_whole();
}

static bool freed_memory_is_wiped(void)
{
	unsigned char *block = palc_malloc(500);
	volatile unsigned char *stale = block;
	unsigned sum = 0;

	memset(block, 0xa5, 500);
	palc_free(block);
	/* The first 16 bytes are links of the free list by now. */
	for (int i = 16; i < 500; i++)
		sum += stale[i];
	return !sum;
}

static bool realloc_keeps_the_bytes(void)
{
	unsigned char *block = palc_realloc(NULL, 10);
	volatile unsigned char *stale;
	bool good;

	memset(block, 7, 10);
	block = palc_realloc(block, 3000);
	good = block[0] == 7 && block[9] == 7;
	memset(block, 8, 3000);
	stale = block;
	good &= palc_realloc(block, 100) == block && block[99] == 8;
	for (int i = 136; i < 3000; i++)
		good &= !stale[i];
	good &= !palc_realloc(block, HEAP_SIZE) && block[99] == 8;
	good &= !palc_realloc(block, 0);
	return good && heap_is_whole();
}

/* Does free() of this end the PAL? */
static bool free_aborts(void *payload)
{
	bool came_back = false;

	abort_expected = true;
	if (!setjmp(aborted)) {
		palc_free(payload);
		came_back = true;
	}
	abort_expected = false;
	return !came_back;
}

/* These leave the heap's lock taken, so each runs in its own process. */
static bool bad_frees_end_the_pal(int which)
{
	char *one = palc_malloc(100), *two = palc_malloc(100);
	static char elsewhere[64];

	switch (which) {
	case 0: /* twice */
		palc_free(one);
		return free_aborts(one);
	case 1: /* twice, merged with its neighbour in between */
		palc_free(one);
		palc_free(two);
		return free_aborts(two);
	case 2: /* not from the heap */
		return free_aborts(elsewhere);
	case 3: /* the middle of a block */
		memset(one, 0x41, 100);
		return free_aborts(one + 32);
	case 4: /* unaligned */
		return free_aborts(one + 1);
	case 5: /* written past its end */
		memset(one, 0x41, 120);
		return free_aborts(one);
	case 6: /* its own header overwritten by the block below */
		memset(one, 0x41, 128);
		return free_aborts(two);
	}
	return free_aborts((void *)8);
}

static bool random_use_leaves_the_heap_whole(void)
{
	static unsigned char *blocks[100];
	static size_t sizes[100];

	for (int step = 0; step < 200000; step++) {
		uint32_t i = random_below(100);

		for (size_t j = 0; blocks[i] && j < sizes[i]; j++)
			if (blocks[i][j] != (unsigned char)i)
				return false;
		if (random_below(3)) {
			palc_free(blocks[i]);
			sizes[i] = random_below(random_below(8) ? 300 : 9000);
			blocks[i] = palc_malloc(sizes[i]);
		} else {
			size_t size = 1 + random_below(2000);
			void *moved = palc_realloc(blocks[i], size);

			if (!moved)
				continue;
			blocks[i] = moved;
			sizes[i] = size;
		}
		if (blocks[i])
			memset(blocks[i], (int)i, sizes[i]);
	}
	for (int i = 0; i < 100; i++)
		palc_free(blocks[i]);
	return heap_is_whole();
}

static void *use_heap(void *argument)
{
	unsigned char mark = (unsigned char)(uintptr_t)argument;
	uint32_t state = mark;

	for (int i = 0; i < 30000; i++) {
		size_t size = (state = state * 1664525 + 1013904223) >> 22;
		unsigned char *block = palc_malloc(size);

		if (!block)
			continue;
		memset(block, mark, size);
		for (size_t j = 0; j < size; j++)
			if (block[j] != mark)
				return (void *)1;
		palc_free(block);
	}
	return NULL;
}

static bool threads_share_the_heap(void)
{
	pthread_t threads[4];
	bool good = true;
	void *result;

	for (uintptr_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, use_heap, (void *)(i + 1));
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		good &= !result;
	}
	return good && heap_is_whole();
}

static bool in_a_process(bool (*test)(int), int argument)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child)
		_exit(!test(argument));
	return waitpid(child, &status, 0) == child && !status;
}

#define RUN(test) report(test(), #test)

int main(void)
{
	RUN(memcpy_copies_at_each_alignment);
	RUN(memmove_survives_every_overlap);
	RUN(memset_stays_within_its_bounds);
	RUN(memcmp_finds_the_first_difference);
	RUN(strings_match_the_reference);
	RUN(string_copies_end_where_they_must);
	RUN(snprintf_matches_the_reference);
	RUN(snprintf_cuts_off_but_counts_all);
	RUN(snprintf_refuses_what_it_does_not_know);
	RUN(numbers_match_the_reference);
	RUN(qsort_and_bsearch_agree);
	RUN(blocks_are_aligned_and_apart);
	RUN(calloc_gives_zeros_and_no_overflow);
	RUN(freed_memory_is_wiped);
	RUN(realloc_keeps_the_bytes);
	for (int i = 0; i < 8; i++)
		report(in_a_process(bad_frees_end_the_pal, i),
		       "bad_frees_end_the_pal");
	RUN(random_use_leaves_the_heap_whole);
	RUN(threads_share_the_heap);
	printf("%d passed, %d failed\n", test_count - failed_count,
	       failed_count);
	return failed_count != 0;
}
