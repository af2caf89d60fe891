/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Look for many byte strings at once in large files.
 *
 * Usage: search NEEDLES FILE...
 *   NEEDLES  lines: a name, a blank, 16 bytes as 32 hexadecimal digits
 *
 * Prints `NAME COUNT` for each needle that was found, in all files together.
 * Exit status 0: none was; 1: some were; 2: it could not look.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEEDLE_SIZE  16
#define NEEDLE_LIMIT 200000
#define BUCKETS	     65536

struct needle {
	uint8_t bytes[NEEDLE_SIZE];
	char name[40];
	unsigned long count;
	int next; /* of the same bucket; -1: none */
};

static struct needle *needles;
static int needle_count;
static int buckets[BUCKETS]; /* by the first two bytes */

static int bucket_of(const uint8_t *bytes)
{
	return bytes[0] | bytes[1] << 8;
}

static void read_needles(const char *path)
{
	char line[128], digits[64];
	FILE *file = fopen(path, "r");

	needles = calloc(NEEDLE_LIMIT, sizeof(*needles));
	memset(buckets, 0xff, sizeof(buckets));
	while (file && needles && needle_count < NEEDLE_LIMIT &&
	       fgets(line, sizeof(line), file)) {
		struct needle *needle = &needles[needle_count];
		int bucket;

		if (sscanf(line, "%39s %32s", needle->name, digits) != 2)
			continue;
		for (int i = 0; i < NEEDLE_SIZE; i++)
			sscanf(digits + 2 * i, "%2hhx", &needle->bytes[i]);
		bucket = bucket_of(needle->bytes);
		needle->next = buckets[bucket];
		buckets[bucket] = needle_count++;
	}
	if (!needle_count) {
		fprintf(stderr, "search: %s: no needles\n", path);
		exit(2);
	}
	fclose(file);
}

static void search(const uint8_t *bytes, size_t size)
{
	for (size_t at = 0; at + NEEDLE_SIZE <= size; at++)
		for (int i = buckets[bucket_of(bytes + at)]; i >= 0;
		     i = needles[i].next)
			if (!memcmp(bytes + at, needles[i].bytes, NEEDLE_SIZE))
				needles[i].count++;
}

static void search_file(const char *path)
{
	int file = open(path, O_RDONLY);
	struct stat status;
	void *bytes;

	if (file < 0 || fstat(file, &status)) {
		perror(path);
		exit(2);
	}
	bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file,
		     0);
	if (status.st_size && bytes == MAP_FAILED) {
		perror(path);
		exit(2);
	}
	if (status.st_size)
		search(bytes, (size_t)status.st_size);
	munmap(bytes, (size_t)status.st_size);
	close(file);
}

int main(int argc, char **argv)
{
	int found = 0;

	if (argc < 3) {
		fputs("usage: search NEEDLES FILE...\n", stderr);
		return 2;
	}
	read_needles(argv[1]);
	for (int i = 2; i < argc; i++)
		search_file(argv[i]);
	for (int i = 0; i < needle_count; i++) {
		if (!needles[i].count)
			continue;
		printf("%s %lu\n", needles[i].name, needles[i].count);
		found = 1;
	}
	return found;
}
