/* SPDX-License-Identifier: BSD-2-Clause */
/* loader/grub/root.c: where a sealing root comes from, and what is left of it. */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "fake_grub.h"
#include "root.h"
#include "test.h"
#include "tpm/message.h"

#define CALL		__attribute__((ms_abi))
#define SESSION		0x03000000u
#define PASSWORD_OPENS	(1u << 6)	/* userWithAuth */
#define RC_POLICY_FAIL	0x99d
#define RC_HANDLE	0x18b
#define RC_RETRY	0x922

static struct info info;
static struct hv_root root;
static char bytes[80];

/* A firmware whose TPM has a root. */
static uint64_t table[15], boot[45], tcg2[4];
static struct {
	uint32_t refused;	/* the command that it refuses, */
	uint32_t code;		/* with this */
	uint32_t times;		/* so often */
	uint32_t attributes;
	uint16_t size;		/* of the root */
	uint32_t caps, flushes, waits;
	bool is_mute, answers_nonsense;
} tpm;

static CALL uint64_t stall(uint64_t us)
{
	CHECK_EQ(us, 20000);
	tpm.waits++;
	return 0;
}

static CALL uint64_t locate(const void *name, void *key, void **protocol)
{
	CHECK_EQ(*(const uint32_t *)name, 0x607f766c);
	(void)key;
	*protocol = tcg2;
	return 0;
}

/* Of each response what is looked at. */
static void answer(struct tpm_command *to, uint32_t code)
{
	unsigned int i;

	switch (code) {
	case TPM_CC_READ_PUBLIC:
		tpm_put_u16(to, 100);
		tpm_put_u16(to, 8);
		tpm_put_u16(to, TPM_ALG_SHA256);
		tpm_put_u32(to, tpm.attributes);
		break;
	case TPM_CC_START_AUTH_SESSION:
		tpm_put_u32(to, SESSION);
		break;
	case TPM_CC_UNSEAL:
		tpm_put_u32(to, tpm.size + 2u);
		tpm_put_u16(to, tpm.size);
		for (i = 0; i < tpm.size; i++)
			tpm_put_u8(to, (uint8_t)(i + 1));
		break;
	case TPM_CC_FLUSH_CONTEXT:
		tpm.flushes++;
		break;
	case TPM_CC_PCR_EXTEND:
		tpm.caps++;
	}
}

static CALL uint64_t submit(void *self, uint32_t size, const void *command,
			    uint32_t room, void *response)
{
	static struct tpm_command made;
	struct tpm_reader reader = { .bytes = command, .size = size };
	uint32_t code;

	CHECK(self == tcg2);
	tpm_get_u16(&reader);
	CHECK_EQ(tpm_get_u32(&reader), size);
	code = tpm_get_u32(&reader);
	if (tpm.is_mute)
		return 7;
	tpm_command_begin(&made, TPM_ST_NO_SESSIONS, 0);
	if (code == tpm.refused && tpm.times) {
		tpm.times--;
		tpm_command_begin(&made, TPM_ST_NO_SESSIONS, tpm.code);
	} else {
		answer(&made, code);
	}
	tpm_command_end(&made);
	if (tpm.answers_nonsense)	/* a header, and nothing behind it */
		made.bytes[5] = TPM_HEADER_SIZE;
	CHECK(made.size <= room);
	memcpy(response, made.bytes, made.size);
	return 0;
}

static void add_module(const char *words, uint64_t size)
{
	info.modules[info.module_count++] = (struct info_module){
		.base = (uint64_t)bytes, .size = size, .words = words };
}

static void setup(const char *words)
{
	unsigned int i;

	memset(&tpm, 0, sizeof(tpm));
	tpm.size = 32;
	tpm.times = 1;
	table[96 / 8] = (uint64_t)boot;
	boot[248 / 8] = (uint64_t)stall;
	boot[320 / 8] = (uint64_t)locate;
	tcg2[3] = (uint64_t)submit;
	memset(&info, 0, sizeof(info));
	info.words = words;
	info.efi.table = (uint64_t)table;
	info.efi.image = 77;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i + 1);
	memset(&root, 0x55, sizeof(root));
}

static void take(void)
{
	root_take(&root, &info);
}

static bool is_zeros(void)
{
	static const struct hv_root zeros;

	return !memcmp(&root, &zeros, sizeof(root));
}

static void without_a_word_there_is_none(void)
{
	setup("serial=0x3f8");
	add_module("policy", 64);
	take();
	CHECK(is_zeros());
}

static void a_module_is_the_root(void)
{
	static const uint32_t sizes[] = { 32, 48, 64 };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		setup("");
		add_module("os root=/dev/vda1", 10);
		add_module("root", sizes[i]);
		take();
		CHECK_EQ(root.kind, HV_ROOT_FILE);
		CHECK_EQ(root.size, sizes[i]);
		CHECK(!memcmp(root.bytes, bytes, sizes[i]));
	}
}

static void a_module_of_another_size_is_none(void)
{
	static const uint32_t sizes[] = { 0, 31, 65 };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		setup("");
		add_module("root", sizes[i]);
		CHECK(fake_grub_fails(take, "32 to 64 bytes"));
		CHECK(is_zeros());
	}
}

static void one_root_is_enough(void)
{
	setup("root-tpm=0x81000100:15");
	add_module("root", 32);
	CHECK(fake_grub_fails(take, "one root is enough"));
}

static void the_tpm_gives_it_and_is_capped(void)
{
	setup("root-tpm=0x81000100:4,15 serial=0x3f8");
	take();
	CHECK_EQ(root.kind, HV_ROOT_TPM);
	CHECK_EQ(root.size, 32);
	CHECK(!memcmp(root.bytes, bytes, 32));
	CHECK_EQ(tpm.caps, 1);
}

static void what_is_not_there_yet_is_no_error(void)
{
	setup("root-tpm=0x81000100:4,15");
	tpm.refused = TPM_CC_READ_PUBLIC;
	tpm.code = RC_HANDLE;
	take();
	CHECK(is_zeros());
	CHECK_EQ(tpm.caps, 0);
}

static void a_tpm_that_does_not_give_it_stops_the_boot(void)
{
	setup("root-tpm=0x81000100:4,15");
	tpm.refused = TPM_CC_UNSEAL;
	tpm.code = RC_POLICY_FAIL;
	CHECK(fake_grub_fails(take, "its PCRs differ"));
	CHECK_EQ(tpm.flushes, 1);
	setup("root-tpm=0x81000100:4,15");
	tpm.attributes = PASSWORD_OPENS;
	CHECK(fake_grub_fails(take, "not sealed to PCRs alone"));
	setup("root-tpm=0x81000100:4,15");
	tpm.size = 31;
	CHECK(fake_grub_fails(take, "no sealing root"));
	setup("root-tpm=0x81000100:4,15");
	tpm.is_mute = true;
	CHECK(fake_grub_fails(take, "reaches no TPM"));
	setup("root-tpm=0x81000100:4,15");
	tpm.answers_nonsense = true;
	CHECK(fake_grub_fails(take, "nonsense"));
}

static void one_that_others_could_take_is_not_used(void)
{
	setup("root-tpm=0x81000100:4,15");
	tpm.refused = TPM_CC_PCR_EXTEND;
	tpm.code = 0x101;
	CHECK(fake_grub_fails(take, "response code 0x101"));
}

static void a_busy_tpm_is_asked_again(void)
{
	setup("root-tpm=0x81000100:4,15");
	tpm.refused = TPM_CC_UNSEAL;
	tpm.code = RC_RETRY;
	tpm.times = 3;
	take();
	CHECK_EQ(root.kind, HV_ROOT_TPM);
	CHECK_EQ(tpm.waits, 3);
	setup("root-tpm=0x81000100:4,15");
	tpm.refused = TPM_CC_UNSEAL;
	tpm.code = RC_RETRY;
	tpm.times = 1000;
	CHECK(fake_grub_fails(take, "0x922"));
}

static void a_wrong_place_is_told(void)
{
	static const char *const words[] = {
		"root-tpm=", "root-tpm=0x81000100", "root-tpm=1:2",
		"a root-tpm=0x81000100:16 b",
		"root-tpm=0x81000100:1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"
		",1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1" };
	unsigned int i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		setup(words[i]);
		CHECK(fake_grub_fails(take, "is not HANDLE:PCR"));
	}
	setup("root-tpm=0x81000100:15");
	info.efi.image = 0;
	CHECK(fake_grub_fails(take, "needs UEFI"));
}

/* RAM below 4 GiB, of two ranges with one between that is not RAM. */
static struct memory memory;
static uint8_t *ram;

static void make_ram(uint8_t first)
{
	unsigned int i;

	if (!ram)
		ram = mmap(NULL, 0x4000, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	memset(ram, 0, 0x4000);
	memory.range_count = 3;
	for (i = 0; i < 3; i++)
		memory.ranges[i] = (struct info_range){
			(uint64_t)ram + i * 0x1000, 0x1000,
			i == 1 ? MEMORY_NVS : MEMORY_RAM };
	root.kind = HV_ROOT_FILE;
	root.size = 32;
	for (i = 0; i < 32; i++)
		root.bytes[i] = i < first ? 0 : (uint8_t)(i + 100);
}

static void put_copy(uint32_t at, uint32_t size)
{
	memcpy(ram + at, root.bytes, size);
}

static uint32_t left_at(uint32_t at)
{
	uint32_t i, count = 0;

	for (i = 0; i < 32; i++)
		count += ram[at + i] != 0;
	return count;
}

static void copies_are_wiped_wherever_they_begin(void)
{
	static const uint32_t at[] = { 0, 101, 202, 303, 404, 505, 606, 707,
				       0x1000 - 32, 0x2000, 0x3000 - 32 };
	uint8_t first;
	unsigned int i;

	for (first = 0; first < 32; first += 31) {
		make_ram(first);
		for (i = 0; i < sizeof(at) / sizeof(at[0]); i++)
			put_copy(at[i], 32);
		root_wipe_copies(&root, &memory, 0);
		for (i = 0; i < sizeof(at) / sizeof(at[0]); i++)
			CHECK_EQ(left_at(at[i]), 0);
	}
}

static void what_is_no_copy_stays(void)
{
	make_ram(0);
	put_copy(64, 31);			/* it begins like one */
	put_copy(128, 32);			/* the one that is needed */
	put_copy(0x1100, 32);			/* not RAM */
	put_copy(0x1000 - 16, 16);		/* beyond the range's end */
	root_wipe_copies(&root, &memory, (uint64_t)ram + 128);
	CHECK_EQ(left_at(64), 31);
	CHECK_EQ(left_at(128), 32);
	CHECK_EQ(left_at(0x1100), 32);
	CHECK_EQ(left_at(0x1000 - 32), 16);
	root.size = 0;
	root_wipe_copies(&root, &memory, 0);
	CHECK_EQ(left_at(128), 32);
}

static void the_last_copy_is_wiped(void)
{
	make_ram(0);
	root_wipe(&root);
	CHECK(is_zeros());
}

TESTS(
	RUN(without_a_word_there_is_none);
	RUN(a_module_is_the_root);
	RUN(a_module_of_another_size_is_none);
	RUN(one_root_is_enough);
	RUN(the_tpm_gives_it_and_is_capped);
	RUN(what_is_not_there_yet_is_no_error);
	RUN(a_tpm_that_does_not_give_it_stops_the_boot);
	RUN(one_that_others_could_take_is_not_used);
	RUN(a_busy_tpm_is_asked_again);
	RUN(a_wrong_place_is_told);
	RUN(copies_are_wiped_wherever_they_begin);
	RUN(what_is_no_copy_stays);
	RUN(the_last_copy_is_wiped);
)
