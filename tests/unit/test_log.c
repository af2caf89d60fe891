/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/log.h"

#include <string.h>

#include "fake_platform.h"
#include "test.h"

static struct log ring;
static char out[2 * LOG_SIZE];

static void setup(void)
{
	memset(&ring, 0, sizeof(ring));
	fake_console_bytes = 0;
}

static size_t read_from(uint64_t wanted, uint64_t *from, size_t size)
{
	size_t length;

	memset(out, '#', sizeof(out));
	*from = wanted;
	length = log_read(&ring, from, out, size);
	CHECK(length <= size && out[length] == '#');
	return length;
}

static void what_was_written_can_be_read(void)
{
	uint64_t from;

	setup();
	CHECK_EQ(read_from(0, &from, 100), 0);
	log_line(&ring, "CPU %u: 0x%lx", 3, 0xabcL);
	CHECK_EQ(read_from(0, &from, 100), 13);
	CHECK(!memcmp(out, "CPU 3: 0xabc\n", 13));
	CHECK_EQ(from, 0);
	CHECK_EQ(read_from(4, &from, 3), 3);
	CHECK(!memcmp(out, "3: ", 3));
	CHECK_EQ(read_from(13, &from, 100), 0);
	CHECK_EQ(from, 13);
	CHECK_EQ(fake_console_bytes, 13);
}

static void what_is_not_yet_written_reads_as_empty(void)
{
	uint64_t from;

	setup();
	log_line(&ring, "x");
	CHECK_EQ(read_from(3, &from, 100), 0);
	CHECK_EQ(from, 2);
	CHECK_EQ(read_from(UINT64_MAX, &from, 100), 0);
	CHECK_EQ(from, 2);
}

static void a_long_line_is_cut_and_ended(void)
{
	static char text[400];
	uint64_t from;
	size_t length;

	setup();
	memset(text, 'y', sizeof(text) - 1);
	log_line(&ring, "%s", text);
	length = read_from(0, &from, sizeof(out) - 1);
	CHECK(length > 100 && length < 200);
	CHECK_EQ(out[length - 1], '\n');
	CHECK_EQ(out[length - 2], 'y');
}

static void old_text_gives_way_to_new(void)
{
	uint64_t from, i;
	size_t length;

	setup();
	for (i = 0; i < 3000; i++)
		log_line(&ring, "line %lu", i);
	CHECK(ring.end > LOG_SIZE);
	length = read_from(0, &from, sizeof(out) - 1);
	CHECK_EQ(length, LOG_SIZE);
	CHECK_EQ(from, ring.end - LOG_SIZE);
	CHECK(!memcmp(out + length - 10, "line 2999\n", 10));
	CHECK_EQ(read_from(from + 10, &from, 20), 20);
	CHECK_EQ(from, ring.end - LOG_SIZE + 10);
}

static void every_piece_follows_the_one_before(void)
{
	uint64_t from = 0, next = 0, i;
	size_t length;

	setup();
	for (i = 0; i < 2000; i++)
		log_line(&ring, "%08x", (unsigned int)i);
	for (i = 0; ; i++) {
		length = read_from(next, &from, 45);
		CHECK(i == 0 || from == next);
		if (!length)
			break;
		CHECK(from % 9 != 0 || out[8] == '\n');
		next = from + length;
	}
	CHECK_EQ(next, ring.end);
}

TESTS(
	RUN(what_was_written_can_be_read);
	RUN(what_is_not_yet_written_reads_as_empty);
	RUN(a_long_line_is_cut_and_ended);
	RUN(old_text_gives_way_to_new);
	RUN(every_piece_follows_the_one_before);
)
