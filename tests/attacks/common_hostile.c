/* SPDX-License-Identifier: BSD-2-Clause */
/* Orders to attack.ko; where protected memory is. */
#include "common_hostile.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "abi/hypercall.h"
#include "abi/ioctl.h"
#include "abi/launch.h"

static int device_get(void)
{
	static int device = -1;

	if (device < 0)
		device = open(ATTACK_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0) {
		printf("not ok attack_device - %s: %s; is attack.ko loaded?\n",
		       ATTACK_DEVICE, strerror(errno));
		exit(1);
	}
	return device;
}

int hostile_order(unsigned long command, void *args)
{
	return ioctl(device_get(), command, args) ? -errno : 0;
}

uint64_t hostile_block(void)
{
	struct attack_block block;

	if (hostile_order(ATTACK_BLOCK, &block)) {
		puts("not ok attack_block - Linux has no 2 MiB block left");
		exit(1);
	}
	return block.address;
}

const char *hostile_way(unsigned int way)
{
	static const char *const words[ATTACK_WAYS] = {
		[ATTACK_DIRECT_MAP] = "direct_map",
		[ATTACK_COPY_NOFAULT] = "copy_nofault",
		[ATTACK_KMAP] = "kmap",
		[ATTACK_MEMREMAP] = "memremap",
		[ATTACK_MAP_WB] = "write_back_mapping",
		[ATTACK_MAP_WC] = "write_combining_mapping",
		[ATTACK_MAP_WT] = "write_through_mapping",
		[ATTACK_MAP_UC_MINUS] = "uncached_minus_mapping",
		[ATTACK_MAP_UC] = "uncached_mapping",
	};

	return way < ATTACK_WAYS ? words[way] : "unknown";
}

bool hostile_was_before_linux(void)
{
	struct attack_call order = {.number = HC_INFO};

	return !hostile_order(ATTACK_CALL, &order) &&
	       order.result == ATTACK_WORKED &&
	       order.result_rcx & HV_FEATURE_BEFORE_OS;
}

/*
 * Bytes of Linux's RAM that the hypervisor says are not Linux's; 0 if it is not
 * there.
 */
static uint64_t protected_bytes(void)
{
	struct palisade_info info = {.size = sizeof(info)};
	int device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);
	int failed = device < 0 || ioctl(device, PALISADE_INFO, &info);

	if (device >= 0)
		close(device);
	if (failed || !info.hv_abi_version)
		return 0;
	return (hostile_was_before_linux() ? 0 :
					     info.memory.hypervisor_bytes) +
	       info.memory.pool_blocks * HOSTILE_BLOCK;
}

static bool is_all_refused(uint64_t base, uint64_t size)
{
	struct attack_sweep order = {
		.base = base,
		.size = size,
		.way = ATTACK_MAP_UC,
	};

	return !hostile_order(ATTACK_SWEEP, &order) &&
	       order.gp_count == size / HOSTILE_PAGE;
}

/* The first such piece of memory that Linux was told to leave alone. */
static bool find_refused(uint64_t size, uint64_t *found)
{
	FILE *file = fopen("/proc/iomem", "re");
	unsigned long long first, last;
	bool is_found = false;
	char line[160];

	while (!is_found && file && fgets(line, sizeof(line), file)) {
		if (!strstr(line, ": Reserved") ||
		    sscanf(line, "%llx-%llx", &first, &last) != 2)
			continue;
		*found = (first + size - 1) & -size;
		while (*found + size <= last + 1 &&
		       !(is_found = is_all_refused(*found, size)))
			*found += size;
	}
	if (file)
		fclose(file);
	return is_found;
}

bool hostile_find_reserved(struct range *hypervisor)
{
	hypervisor->size = HV_MEMORY_SIZE;
	return find_refused(HV_MEMORY_SIZE, &hypervisor->base);
}

void hostile_add_reserved(struct attack_refused *refused)
{
	uint64_t base, size = 0;

	if (!hostile_was_before_linux() ||
	    refused->range_count == ATTACK_RANGES ||
	    !find_refused(HOSTILE_BLOCK, &base))
		return;
	do
		size += HOSTILE_BLOCK;
	while (is_all_refused(base + size, HOSTILE_BLOCK));
	refused->ranges[refused->range_count].base = base;
	refused->ranges[refused->range_count++].size = size;
}

const char *hostile_find_protected(struct attack_refused *refused)
{
	static char reason[160];
	uint64_t expected = protected_bytes() / HOSTILE_PAGE;
	int err = hostile_order(ATTACK_REFUSED, refused);

	if (err)
		return "attack.ko cannot scan memory";
	if (!expected)
		return "the hypervisor is not running";
	if (refused->refused_count == expected)
		return NULL;
	snprintf(reason, sizeof(reason),
		 "%llu pages of RAM cannot be read; hypervisor and pool have "
		 "%llu",
		 (unsigned long long)refused->refused_count,
		 (unsigned long long)expected);
	return reason;
}

void *hostile_map(uint64_t address, size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			device_get(), (off_t)address);

	if (at == MAP_FAILED) {
		printf("not ok attack_map - %s\n", strerror(errno));
		exit(1);
	}
	return at;
}

int64_t hostile_call(uint64_t number, uint64_t rdi, uint64_t rsi, uint64_t rdx,
		     uint64_t *result_rdx)
{
	struct attack_call call = {
		.number = number,
		.rdi = rdi,
		.rsi = rsi,
		.rdx = rdx,
	};

	if (hostile_order(ATTACK_CALL, &call))
		return -2000;
	if (call.result != ATTACK_WORKED)
		return -1000 - call.result;
	if (result_rdx)
		*result_rdx = call.result_rdx;
	return call.status;
}

bool hostile_run_on(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return !sched_setaffinity(0, sizeof(set), &set);
}

unsigned int hostile_cpu_count(void)
{
	return (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
}

void hostile_flush_all(void)
{
	cpu_set_t before;

	sched_getaffinity(0, sizeof(before), &before);
	for (unsigned int cpu = 0; cpu < hostile_cpu_count(); cpu++)
		if (hostile_run_on(cpu))
			hostile_call(HC_FLUSH, 0, 0, 0, NULL);
	sched_setaffinity(0, sizeof(before), &before);
}

uint64_t hostile_try_apic_id(uint64_t *before)
{
	struct attack_device order = {.address = 0xfee00020};

	hostile_order(ATTACK_DEVICE_READ, &order);
	*before = order.value;
	order.value ^= UINT64_C(0x40000000);
	hostile_order(ATTACK_DEVICE_TRY, &order);
	return order.value;
}

static int open_config(const char *device)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", device);
	return open(path, O_RDWR | O_CLOEXEC);
}

int hostile_config_read(const char *device, uint32_t offset, void *to,
			uint32_t size)
{
	int fd = open_config(device);
	ssize_t done = pread(fd, to, size, offset);

	close(fd);
	return done == size ? 0 : -1;
}

int hostile_config_write(const char *device, uint32_t offset, const void *from,
			 uint32_t size)
{
	int fd = open_config(device);
	ssize_t done = pwrite(fd, from, size, offset);

	close(fd);
	return done == size ? 0 : -1;
}

/* ACPI's table MCFG: the first range, after 44 bytes. */
uint64_t hostile_ecam(void)
{
	uint64_t base = 0;
	FILE *table = fopen("/sys/firmware/acpi/tables/MCFG", "r");

	if (!table || fseek(table, 44, SEEK_SET) ||
	    fread(&base, sizeof(base), 1, table) != 1)
		base = 0;
	if (table)
		fclose(table);
	return base;
}
