/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the chipset's PCI configuration, by which a kernel could change what
 * an address means or move ACPI's ports away from their guard: by ports and in
 * memory, with every width of store.  Devices stay Linux's.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "common_hostile.h"
#include "guarded_config.h"

#define GP		13
#define LATENCY_TIMER	0x0cu	/* and cache line size, which changes nothing */

static uint32_t config(const char *device, uint32_t offset)
{
	uint32_t value = 0;

	CHECK_EQ(hostile_config_read(device, offset, &value, sizeof(value)), 0);
	return value;
}

static void by_ports_the_chipset_stays(void)
{
	for (unsigned int i = 0; i < COUNT_OF(guarded_config); i++) {
		uint32_t before = config(guarded_config[i].device,
					 guarded_config[i].offset);
		uint32_t value = before ^ guarded_config[i].bit;

		for (unsigned int size = 1; size <= 4; size *= 2)
			for (unsigned int at = 0; at < 4; at += size)
				hostile_config_write(
					guarded_config[i].device,
					guarded_config[i].offset + at,
					(const char *)&value + at, size);
		CHECK_EQ(config(guarded_config[i].device,
				guarded_config[i].offset),
			 before);
	}
}

static int store(uint64_t address, uint32_t width, uint64_t value)
{
	struct attack_device order = {
		.address = address,
		.width = width,
		.value = value,
	};

	CHECK_EQ(hostile_order(ATTACK_DEVICE_WRITE, &order), 0);
	return order.result;
}

static void in_memory_the_chipset_stays(void)
{
	uint64_t ecam = hostile_ecam();

	REQUIRE(ecam);
	for (unsigned int i = 0; i < COUNT_OF(guarded_config); i++) {
		uint32_t before = config(guarded_config[i].device,
					 guarded_config[i].offset);
		uint32_t value = before ^ guarded_config[i].bit;
		uint64_t at = ecam + guarded_config[i].function +
			      guarded_config[i].offset;

		CHECK_EQ(store(at, 4, value), ATTACK_WORKED);
		CHECK_EQ(store(at + 2, 2, value >> 16), ATTACK_WORKED);
		CHECK_EQ(store(at + 1, 1, value >> 8 & 0xff), ATTACK_WORKED);
		CHECK_EQ(store(at, 8, value), GP);	/* not taken apart */
		CHECK_EQ(store(at, 0, guarded_config[i].bit), GP);
		CHECK_EQ(config(guarded_config[i].device,
				guarded_config[i].offset),
			 before);
	}
}

/* Any device that is no bridge. */
static bool is_device(const char *name)
{
	uint8_t class = 6;

	return name[0] != '.' &&
	       !hostile_config_read(name, 0xb, &class, 1) && class != 6;
}

static unsigned int count_devices(char *some, size_t size)
{
	DIR *folder = opendir("/sys/bus/pci/devices");
	unsigned int count = 0;

	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		count += entry->d_name[0] != '.';
		if (some && is_device(entry->d_name))
			snprintf(some, size, "%s", entry->d_name);
	}
	closedir(folder);
	return count;
}

static void a_device_s_configuration_is_linux_s(void)
{
	unsigned int bus, device, function;
	uint32_t before, value;
	char name[256] = "";
	uint64_t at;

	count_devices(name, sizeof(name));
	REQUIRE(sscanf(name, "0000:%x:%x.%x", &bus, &device, &function) == 3);
	before = config(name, LATENCY_TIMER);
	value = before ^ 0x10;
	CHECK_EQ(hostile_config_write(name, LATENCY_TIMER, &value, 4), 0);
	CHECK_EQ(config(name, LATENCY_TIMER), value);
	at = hostile_ecam() + (bus << 20 | device << 15 | function << 12) +
	     LATENCY_TIMER;
	for (unsigned int width = 1; width <= 4; width *= 2) {
		CHECK_EQ(store(at, width, before), ATTACK_WORKED);
		CHECK_EQ(config(name, LATENCY_TIMER), before);
		CHECK_EQ(store(at, width, value), ATTACK_WORKED);
		CHECK_EQ(config(name, LATENCY_TIMER), value);
	}
	CHECK_EQ(hostile_config_write(name, LATENCY_TIMER, &before, 4), 0);
}

static void linux_can_look_for_devices(void)
{
	unsigned int before = count_devices(NULL, 0);
	FILE *rescan = fopen("/sys/bus/pci/rescan", "w");

	REQUIRE(rescan && fputs("1", rescan) > 0 && !fclose(rescan));
	CHECK(before > 2);
	CHECK_EQ(count_devices(NULL, 0), before);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(by_ports_the_chipset_stays);
	RUN(in_memory_the_chipset_stays);
	RUN(a_device_s_configuration_is_linux_s);
	RUN(linux_can_look_for_devices);
	return case_end();
}
