/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/insn.h"

#include <stdlib.h>
#include <string.h>

#include "fake_platform.h"
#include "test.h"

static const struct guest_regs regs = {
	.rax = 0x100000000a0, .rcx = 0xa1, .rdx = 0xa2, .rbx = 0xa3,
	.rsp = 0xa4, .rbp = 0xa5, .rsi = 0xa6, .rdi = 0xa7,
	.r8 = 0xa8, .r9 = 0xa9, .r10 = 0xaa, .r11 = 0xab,
	.r12 = 0xac, .r13 = 0xad, .r14 = 0xae, .r15 = 0xaf,
};

static const struct {
	const char *bytes;
	unsigned int length;
	uint32_t value;
} known[] = {
	/* 89 /r, each form of the operand */
	{ "\x89\x07", 2, 0xa0 },			/* [rdi], eax */
	{ "\x89\x0e", 2, 0xa1 },			/* [rsi], ecx */
	{ "\x89\x7d\x08", 3, 0xa7 },			/* [rbp+8], edi */
	{ "\x89\xb7\0\x03\0\0", 6, 0xa6 },		/* [rdi+0x300], esi */
	{ "\x89\x05\0\xd3\x5f\xff", 6, 0xa0 },		/* [rip-x], eax */
	{ "\x89\x14\x25\0\xd3\x5f\xff", 7, 0xa2 },	/* [abs32], edx */
	{ "\x89\x24\x24", 3, 0xa4 },			/* [rsp], esp */
	{ "\x89\x5c\x88\x10", 4, 0xa3 },		/* [rax+4*rcx+16] */
	{ "\x89\xac\x88\0\x01\0\0", 7, 0xa5 },
	{ "\x89\x44\x05\x10", 4, 0xa0 },		/* base rbp, mod 1 */
	/* with REX: R chooses the source, B and X only the address */
	{ "\x44\x89\x07", 3, 0xa8 },
	{ "\x44\x89\x3e", 3, 0xaf },
	{ "\x41\x89\x07", 3, 0xa0 },
	{ "\x45\x89\x2c\x24", 4, 0xad },
	{ "\x43\x89\x0c\x01", 4, 0xa1 },
	{ "\x40\x89\x07", 3, 0xa0 },
	/* C7 /0 */
	{ "\xc7\x07\x78\x56\x34\x12", 6, 0x12345678 },
	{ "\xc7\x80\0\x03\0\0\xff\xff\xff\xff", 10, 0xffffffff },
	{ "\xc7\x04\x25\xb0\0\xe0\xfe\0\0\0\0", 11, 0 },
	{ "\xc7\x05\0\xd3\x5f\xff\x01\0\0\0", 10, 1 },
	{ "\x41\xc7\x47\x10\x02\0\0\x80", 8, 0x80000002 },
	/* A3 */
	{ "\xa3\0\x03\xe0\xfe\0\0\0\0", 9, 0xa0 },
	{ "\x40\xa3\0\x03\xe0\xfe\0\0\0\0", 10, 0xa0 },
};

static const struct {
	const char *bytes;
	unsigned int length;
	uint32_t value;
	unsigned int size;
} shorter[] = {
	{ "\x66\x89\x07", 3, 0xa0, 2 },
	{ "\x66\xc7\x07\x34\x12", 5, 0x1234, 2 },
	{ "\x66\xa3\0\x03\xe0\xfe\0\0\0\0", 10, 0xa0, 2 },
	{ "\x88\x1f", 2, 0xa3, 1 },			/* [rdi], bl */
	{ "\x40\x88\x37", 3, 0xa6, 1 },			/* [rdi], sil */
	{ "\xc6\x47\x10\x80", 4, 0x80, 1 },
	{ "\xa2\0\x03\xe0\xfe\0\0\0\0", 9, 0xa0, 1 },
};

static const struct {
	const char *bytes;
	unsigned int length;
} unknown[] = {
	{ "\x48\x89\x07", 3 },			/* 64 bits */
	{ "\x4c\x89\x07", 3 },
	{ "\x48\xc7\x07\x01\0\0\0", 7 },
	{ "\x48\xa3\0\x03\xe0\xfe\0\0\0\0", 10 },
	{ "\x67\x89\x07", 3 },			/* other prefixes */
	{ "\xf0\x89\x07", 3 },
	{ "\x40\x40\x89\x07", 4 },		/* two REX */
	{ "\x89\xc7", 2 },			/* register to register */
	{ "\x44\x89\xff", 3 },
	{ "\xc7\xc0\x01\0\0\0", 6 },
	{ "\xc7\x0f\x01\0\0\0", 6 },		/* C7 /1 */
	{ "\xc7\xf8\x01\0\0\0", 6 },		/* XBEGIN */
	{ "\x88\x27", 2 },			/* AH */
	{ "\xc6\x07", 2 },			/* cut off */
	{ "\xc6\x0f\x01", 3 },
	{ "\x66\xc7\x07\x01", 4 },
	{ "\x8b\x07", 2 },			/* a load */
	{ "\xab", 1 },				/* STOSD */
	{ "\x87\x07", 2 },			/* XCHG */
	{ "\x01\x07", 2 },			/* ADD */
	{ "\x0f\xc3\x07", 3 },			/* MOVNTI */
	{ "\x90", 1 },
	{ "\x40", 1 },
};

/* In modes of fewer bits; a REX prefix is an instruction there. */
static const struct {
	enum insn_mode mode;
	const char *bytes;
	unsigned int length;
	uint32_t value;			/* 0: not known */
} narrow[] = {
	{ INSN_32_BIT, "\x89\x0e", 2, 0xa1 },
	{ INSN_32_BIT, "\x89\x15\xb0\0\xe0\xfe", 6, 0xa2 },
	{ INSN_32_BIT, "\xc7\x05\xb0\0\xe0\xfe\x01\0\0\0", 10, 1 },
	{ INSN_32_BIT, "\xa3\0\x03\xe0\xfe", 5, 0xa0 },
	{ INSN_32_BIT, "\x65\x89\x07", 3, 0xa0 },
	{ INSN_32_BIT, "\x66\x89\x07", 3, 0xa0 },
	{ INSN_32_BIT, "\x67\x89\x07", 3, 0 },
	{ INSN_32_BIT, "\x41\x89\x07", 3, 0 },
	{ INSN_16_BIT, "\x66\x67\x89\x0e", 4, 0xa1 },
	{ INSN_16_BIT, "\x64\x67\x66\x89\x7d\x08", 6, 0xa7 },
	{ INSN_16_BIT, "\x67\x66\xc7\x05\xb0\0\xe0\xfe\x02\0\0\0", 12, 2 },
	{ INSN_16_BIT, "\x66\x67\xa3\0\x03\xe0\xfe", 7, 0xa0 },
	{ INSN_16_BIT, "\x89\x0e\0\0", 4, 0 },
	{ INSN_16_BIT, "\x66\x89\x0e\0\0", 5, 0 },
	{ INSN_16_BIT, "\x67\x89\x0e", 3, 0xa1 },
	{ INSN_64_BIT, "\x3e\x89\x07", 3, 0xa0 },
	{ INSN_64_BIT, "\x65\x44\x89\x07", 4, 0xa8 },
};

/* Decode a copy that ends where its memory ends: ASan sees a read behind. */
static enum insn_mode mode = INSN_64_BIT;

static bool decode(const char *bytes, unsigned int count,
		   struct insn_store *store)
{
	uint8_t *copy = malloc(count ? count : 1);
	bool is_known;

	memcpy(copy, bytes, count);
	is_known = insn_decode_store(mode, copy, count, &regs, store);
	free(copy);
	return is_known;
}

static void each_known_store_is_decoded(void)
{
	unsigned int i;

	for (i = 0; i < COUNT_OF(known); i++) {
		struct insn_store store = { 0 };

		if (!decode(known[i].bytes, known[i].length, &store))
			printf("# row %u is not known\n", i), test_is_good = 0;
		CHECK_EQ(store.value, known[i].value);
		CHECK_EQ(store.length, known[i].length);
	}
}

static void each_mode_has_its_sizes(void)
{
	unsigned int i;

	for (i = 0; i < COUNT_OF(narrow); i++) {
		struct insn_store store = { 0 };

		mode = narrow[i].mode;
		if (decode(narrow[i].bytes, narrow[i].length, &store) !=
		    (narrow[i].value != 0))
			printf("# row %u\n", i), test_is_good = 0;
		CHECK_EQ(store.value, narrow[i].value);
		CHECK_EQ(store.length, narrow[i].value ? narrow[i].length : 0);
	}
	mode = INSN_64_BIT;
}

static void bytes_behind_a_store_do_not_matter(void)
{
	unsigned int i;

	for (i = 0; i < COUNT_OF(known); i++) {
		struct insn_store store = { 0 };
		char bytes[INSN_MAX];

		memset(bytes, 0xcc, sizeof(bytes));
		memcpy(bytes, known[i].bytes, known[i].length);
		CHECK(decode(bytes, sizeof(bytes), &store));
		CHECK_EQ(store.length, known[i].length);
		CHECK_EQ(store.value, known[i].value);
	}
}

static void a_truncated_store_is_refused(void)
{
	unsigned int i, count;

	for (i = 0; i < COUNT_OF(known); i++)
		for (count = 0; count < known[i].length; count++) {
			struct insn_store store = { .value = 42, .length = 43 };

			CHECK(!decode(known[i].bytes, count, &store));
			CHECK(store.value == 42 && store.length == 43);
		}
}

static void everything_else_is_refused(void)
{
	unsigned int i;

	for (i = 0; i < COUNT_OF(unknown); i++) {
		struct insn_store store = { .value = 42, .length = 43 };

		if (decode(unknown[i].bytes, unknown[i].length, &store))
			printf("# row %u is known\n", i), test_is_good = 0;
		CHECK(store.value == 42 && store.length == 43);
	}
}

static void random_bytes_are_never_read_past_the_end(void)
{
	uint64_t seed = 1;
	unsigned int i, j;

	for (i = 0; i < 200000; i++) {
		struct insn_store store;
		char bytes[INSN_MAX];
		unsigned int count = fake_random(&seed) % (INSN_MAX + 1);

		for (j = 0; j < count; j++)
			bytes[j] = (char)fake_random(&seed);
		mode = (enum insn_mode)(i % 3);
		if (count > 1 && i % 2)
			bytes[i / 2 % 2] = "\x89\xc7\xa3"[i / 4 % 3];
		if (decode(bytes, count, &store))
			CHECK(store.length >= 2 && store.length <= count);
	}
}

static void fewer_bits_are_decoded(void)
{
	struct insn_store store;
	unsigned int i;

	for (i = 0; i < COUNT_OF(shorter); i++) {
		if (!decode(shorter[i].bytes, shorter[i].length, &store))
			printf("# shorter[%u]\n", i);
		CHECK_EQ(store.value, shorter[i].value);
		CHECK_EQ(store.size, shorter[i].size);
		CHECK_EQ(store.length, shorter[i].length);
		CHECK(!decode(shorter[i].bytes, shorter[i].length - 1, &store));
	}
}

TESTS(
	RUN(fewer_bits_are_decoded);
	RUN(each_known_store_is_decoded);
	RUN(each_mode_has_its_sizes);
	RUN(bytes_behind_a_store_do_not_matter);
	RUN(a_truncated_store_is_refused);
	RUN(everything_else_is_refused);
	RUN(random_bytes_are_never_read_past_the_end);
)
