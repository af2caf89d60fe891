/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qsort() is a heap sort: no recursion, no memory, and never slower than
 * n log n, so no input can make a PAL run over its stack or its time.
 */
#include <stdlib.h>

typedef int (*compare_function)(const void *, const void *);

static void swap(char *a, char *b, size_t size)
{
	while (size--) {
		char kept = *a;

		*a++ = *b;
		*b++ = kept;
	}
}

/* Let the element at root sink until no child is greater. */
static void sink(char *base, size_t root, size_t count, size_t size,
		 compare_function compare)
{
	while (root < count / 2) {
		size_t child = 2 * root + 1;

		if (child + 1 < count &&
		    compare(base + child * size, base + (child + 1) * size) < 0)
			child++;
		if (compare(base + root * size, base + child * size) >= 0)
			return;
		swap(base + root * size, base + child * size, size);
		root = child;
	}
}

void qsort(void *base, size_t count, size_t size, compare_function compare)
{
	for (size_t root = count / 2; root-- > 0;)
		sink(base, root, count, size, compare);
	for (size_t end = count; end > 1; end--) {
		swap(base, (char *)base + (end - 1) * size, size);
		sink(base, 0, end - 1, size, compare);
	}
}

void *bsearch(const void *key, const void *base, size_t count, size_t size,
	      compare_function compare)
{
	const char *low = base;

	while (count) {
		const char *middle = low + count / 2 * size;
		int order = compare(key, middle);

		if (!order)
			return (void *)(size_t)middle;
		if (order > 0) {
			low = middle + size;
			count -= count / 2 + 1;
		} else {
			count /= 2;
		}
	}
	return NULL;
}
