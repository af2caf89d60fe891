/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a Linux kernel was told: all of boot_params that is not zero, but the
 * memory map (the last of it) as a map, and what addresses point to instead of
 * the addresses.
 */
#include "print.h"

#define PARAMETERS_SIZE	4096
#define MAP_COUNT	0x1e8
#define LOADER_KIND	0x210
#define CODE32		0x214
#define INITRD		0x218
#define INITRD_SIZE	0x21c
#define WORDS		0x228
#define RSDP		0x070
#define MAP		0x2d0
#define MAP_ENTRY	20

void report_linux(void);

extern const uint32_t registers[9];			/* state.S */

static uint32_t field(const char *parameters, uint32_t offset)
{
	return *(const uint32_t *)(parameters + offset);
}

static int is_told_otherwise(uint32_t offset)
{
	switch (offset) {
	case MAP_COUNT:
	case LOADER_KIND:
	case CODE32:
	case INITRD:
	case WORDS:
	case RSDP:
		return 1;
	}
	return offset >= MAP;		/* GRUB does not clear what follows it */
}

static void say_map(const char *parameters)
{
	uint32_t count = *(const uint8_t *)(parameters + MAP_COUNT);
	const char *entry = parameters + MAP;

	for (; count--; entry += MAP_ENTRY) {
		say("map");
		say_number(*(const uint64_t *)entry);
		say_number(*(const uint64_t *)(entry + 8));
		say_number(*(const uint32_t *)(entry + 16));
		say("\n");
	}
}

void report_linux(void)
{
	const char *parameters = (const char *)(uintptr_t)registers[5];
	const char *rsdp;

	say_state();
	say_line("parameters.offset", registers[5] & 0xf);
	say_text("words", (const char *)(uintptr_t)field(parameters, WORDS));
	say_line("initrd.size", field(parameters, INITRD_SIZE));
	say_line("initrd.sum",
		 sum_of((const void *)(uintptr_t)field(parameters, INITRD),
			field(parameters, INITRD_SIZE)));
	rsdp = (const char *)(uintptr_t)field(parameters, RSDP);
	if (rsdp)
		say_line("rsdp.page", (uintptr_t)rsdp);
	say_map(parameters);
	for (uint32_t at = 0; at < PARAMETERS_SIZE; at += 4) {
		if (is_told_otherwise(at) || !field(parameters, at))
			continue;
		say("parameters");
		say_number(at);
		say_number(field(parameters, at));
		say("\n");
	}
	say("done\n");
}
