/* SPDX-License-Identifier: BSD-2-Clause */
/* loader/grub/firmware.c: the TPM's event log, the end of the boot services. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "efi.h"
#include "fake_grub.h"
#include "firmware.h"
#include "test.h"

#define CALL	__attribute__((ms_abi))

static uint8_t log_bytes[512];

static uint8_t *put(uint8_t *at, uint64_t value, unsigned int size)
{
	memcpy(at, &value, size);
	return at + size;
}

/* A log's first event: SHA-1 and SHA-256 are in use. */
static uint8_t *begin_log(void)
{
	uint8_t *at = log_bytes;

	memset(log_bytes, 0, sizeof(log_bytes));
	at = put(at + 28, 37, 4);
	memcpy(at, "Spec ID Event03", 16);
	at = put(at + 24, 2, 4);
	at = put(at, 20 << 16 | 0x4, 4);
	at = put(at, 32 << 16 | 0xb, 4);
	return at + 1;			/* no vendor's information */
}

static uint8_t *put_event(uint8_t *at, uint32_t size)
{
	at = put(at, 9, 4);
	at = put(at, 13, 4);
	at = put(at, 2, 4);
	at = put(at, 0xb, 2) + 32;
	at = put(at, 0x4, 2) + 20;
	return put(at, size, 4) + size;
}

static void a_log_is_measured_to_its_end(void)
{
	uint8_t *first = begin_log(), *second = put_event(first, 5);
	uint8_t *end = put_event(second, 0);

	CHECK_EQ(firmware_log_size(log_bytes, log_bytes), first - log_bytes);
	CHECK_EQ(firmware_log_size(log_bytes, first), second - log_bytes);
	CHECK_EQ(firmware_log_size(log_bytes, second), end - log_bytes);
}

static void an_unknown_log_is_none(void)
{
	uint8_t *first = begin_log();

	put_event(first, 5);
	put(first + 12, 0xc, 2);		/* a digest that is not in use */
	CHECK_EQ(firmware_log_size(log_bytes, first), 0);
	first = begin_log();
	put_event(first, 5);
	put(first + 8, 3, 4);			/* one more than there are */
	CHECK_EQ(firmware_log_size(log_bytes, first), 0);
	first = begin_log();
	put_event(first, 5);
	put(log_bytes + 32 + 24, 17, 4);
	CHECK_EQ(firmware_log_size(log_bytes, first), 0);
	first = begin_log();
	log_bytes[40]++;
	CHECK_EQ(firmware_log_size(log_bytes, first), 0);
}

/* A firmware: its tables are numbers of pointers, by their offsets. */
static uint64_t table[15], boot[45], runtime[20], tcg2[2];
static struct info info;
static uint32_t exits, exits_refused;
static uint64_t map_size;
static const uint8_t *installed;
static uint8_t secure_boot, setup_mode;

/* Variables about overwriting memory; ABSENT is what a firmware without has. */
#define ABSENT	99
static uint8_t request, lock;
static uint64_t set_fails;

static CALL uint64_t get_memory_map(uint64_t *size, void *map, uint64_t *key,
				    uint64_t *entry_size, uint32_t *version)
{
	static const uint64_t parts[][5] = { { 7, 0x100000, 0, 256, 15 },
					     { 3, 0x200000, 0, 256, 15 },
					     { 6, 0x300000, 0, 256, 15 } };

	if (*size < map_size)
		return 5;
	memcpy(map, parts, sizeof(parts));
	*size = sizeof(parts);
	*entry_size = sizeof(parts[0]);
	*version = 1;
	*key = 100 + exits;
	return 0;
}

static CALL uint64_t allocate_pool(uint32_t kind, uint64_t size, void **place)
{
	CHECK_EQ(kind, 9);
	*place = malloc(size);
	return 0;
}

static CALL uint64_t install(const void *name, const void *what)
{
	CHECK_EQ(*(const uint32_t *)name, 0xb7799cb0);
	installed = what;
	return 0;
}

static CALL uint64_t exit_services(void *image, uint64_t key)
{
	CHECK_EQ((uint64_t)image, 77);
	CHECK_EQ(key, 100 + exits);
	return exits++ < exits_refused ? 2 : 0;
}

static CALL uint64_t locate(const void *name, void *key, void **protocol)
{
	(void)name;
	(void)key;
	*protocol = tcg2;
	return tcg2[1] ? 0 : 14;
}

static CALL uint64_t get_variable(const uint16_t *name, const void *vendor,
				  uint32_t *attributes, uint64_t *size,
				  uint8_t *value)
{
	CHECK_EQ(*size, 1);
	switch (*(const uint32_t *)vendor) {
	case 0x8be4df61:
		*value = name[2] == 'c' ? secure_boot : setup_mode;
		break;
	case 0xe20939be:
		CHECK(!memcmp(name, u"MemoryOverwriteRequestControl", 60));
		*value = request;
		*attributes = 7;
		break;
	case 0xbb983ccf:
		CHECK(!memcmp(name, u"MemoryOverwriteRequestControlLock", 68));
		*value = lock;
		*attributes = 7;
		break;
	}
	return *value == ABSENT ? 14 : 0;
}

static CALL uint64_t set_variable(const uint16_t *name, const void *vendor,
				  uint32_t attributes, uint64_t size,
				  const uint8_t *value)
{
	(void)name;
	CHECK_EQ(attributes, 7);
	CHECK_EQ(size, 1);
	if (set_fails)
		return set_fails;
	if (*(const uint32_t *)vendor == 0xe20939be)
		request = *value;
	else
		lock = *value;
	return 0;
}

static CALL uint64_t get_log(void *self, uint32_t format, uint64_t *first,
			     uint64_t *last, uint8_t *is_truncated)
{
	CHECK(self == tcg2);
	CHECK_EQ(format, 2);
	*first = (uint64_t)log_bytes;
	*last = (uint64_t)begin_log();
	put_event((uint8_t *)*last, 5);
	*is_truncated = 0;
	return 0;
}

static void make_firmware(void)
{
	table[88 / 8] = (uint64_t)runtime;
	table[96 / 8] = (uint64_t)boot;
	boot[56 / 8] = (uint64_t)get_memory_map;
	boot[64 / 8] = (uint64_t)allocate_pool;
	boot[192 / 8] = (uint64_t)install;
	boot[232 / 8] = (uint64_t)exit_services;
	boot[320 / 8] = (uint64_t)locate;
	runtime[72 / 8] = (uint64_t)get_variable;
	runtime[88 / 8] = (uint64_t)set_variable;
	tcg2[1] = 0;
	memset(&info, 0, sizeof(info));
	info.efi.table = (uint64_t)table;
	info.efi.image = 77;
	exits = exits_refused = 0;
	map_size = secure_boot = setup_mode = 0;
	request = lock = 0;
	set_fails = 0;
	installed = NULL;
}

static void leave(void)
{
	firmware_leave(&info);
}

static void its_memory_map_is_taken(void)
{
	make_firmware();
	leave();
	CHECK_EQ(exits, 1);
	CHECK_EQ(info.efi.map_size, 3 * 40);
	CHECK_EQ(info.range_count, 2);
	CHECK_EQ(info.ranges[0].base, 0x100000);
	CHECK_EQ(info.ranges[0].size, 0x200000);
	CHECK_EQ(info.ranges[0].kind, MEMORY_RAM);
	CHECK_EQ(info.ranges[1].kind, MEMORY_RESERVED);
	CHECK(!installed);
}

static void a_map_that_changed_is_taken_again(void)
{
	make_firmware();
	exits_refused = 1;
	leave();
	CHECK_EQ(exits, 2);
	make_firmware();
	exits_refused = 10;
	CHECK(fake_grub_fails(leave, "do not end"));
	make_firmware();
	map_size = 1 << 20;
	CHECK(fake_grub_fails(leave, "more than"));
}

static void the_log_is_handed_on(void)
{
	uint32_t size;

	make_firmware();
	tcg2[1] = (uint64_t)get_log;
	leave();
	if (!installed) {
		CHECK(installed);
		return;
	}
	memcpy(&size, installed, 4);
	CHECK_EQ(installed[8], 2);
	CHECK_EQ(size, begin_log() - log_bytes + 77);
	put_event(begin_log(), 5);
	CHECK(!memcmp(installed + 9, log_bytes, size));
	free((void *)installed);
}

static void secure_boot_is_told(void)
{
	static const struct {
		uint8_t secure, setup;
		bool is_on;
	} cases[] = { { 1, 0, true }, { 1, 1, false }, { 0, 0, false },
		      { 99, 99, false }, { 1, 99, true } };
	unsigned int i;

	for (i = 0; i < COUNT_OF(cases); i++) {
		make_firmware();
		secure_boot = cases[i].secure;
		setup_mode = cases[i].setup;
		leave();
		CHECK_EQ(info.efi.is_secure_boot, cases[i].is_on);
	}
}

static void check_asked(uint8_t request_then, uint8_t lock_then)
{
	firmware_ask_to_overwrite(&info);
	CHECK_EQ(request, request_then);
	CHECK_EQ(lock, lock_then);
}

static void memory_is_overwritten_at_a_reset_if_the_firmware_can(void)
{
	make_firmware();
	check_asked(0x11, 1);
	make_firmware();
	request = 0x10;
	check_asked(0x11, 1);
	make_firmware();
	lock = ABSENT;
	check_asked(0x11, ABSENT);
	make_firmware();
	request = lock = ABSENT;
	check_asked(ABSENT, ABSENT);
	make_firmware();
	set_fails = 15;
	check_asked(0, 0);
}

static void without_boot_services_nothing_is_called(void)
{
	make_firmware();
	info.efi.image = 0;
	leave();
	CHECK_EQ(exits, 0);
	check_asked(0, 0);
}

TESTS(
	RUN(a_log_is_measured_to_its_end);
	RUN(an_unknown_log_is_none);
	RUN(its_memory_map_is_taken);
	RUN(a_map_that_changed_is_taken_again);
	RUN(the_log_is_handed_on);
	RUN(secure_boot_is_told);
	RUN(memory_is_overwritten_at_a_reset_if_the_firmware_can);
	RUN(without_boot_services_nothing_is_called);
)
