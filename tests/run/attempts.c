/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `make run` shows of attacks, while a PAL holds a secret: a root program
 * and a hostile kernel module try to get at the hypervisor's and the PAL's
 * memory.  One line each, for run.sh:
 *
 *	@held NAME what was tried, what happened
 *	@broken NAME what went wrong
 *
 * Each way is first tried on ordinary memory, where it must work.
 *
 * Usage: attempts where			where the hypervisor lies
 *	  attempts BASE SIZE [unprotected]	(of the hypervisor) attack
 * With "unprotected" ordinary memory passes for the hypervisor's: a test that
 * success is noticed.
 */
#include <pal_host.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "abi/launch.h"
#include "../attacks/common_hostile.h"
#include "../attacks/secret.h"

#define NEW_VALUE UINT64_C(0x6b6361747461)

struct target {
	const char *name, *words;
	bool is_reserved; /* Linux never had it: no direct map, no pages */
	struct range ranges[ATTACK_RANGES];
	unsigned int count;
	uint64_t page_count;
};

static uint64_t own; /* a block of ordinary memory */
static bool is_broken;

static void broken(const char *name, const char *fmt, ...)
{
	va_list args;

	printf("@broken %s ", name);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	is_broken = true;
}

static void target_add(struct target *target, uint64_t base, uint64_t size)
{
	if (!size || target->count == ATTACK_RANGES)
		return;
	target->ranges[target->count++] = (struct range){base, size};
	target->page_count += size / HOSTILE_PAGE;
}

/* Everything refused that is not the hypervisor's is the pool's: the PAL's. */
static void sort_targets(const struct attack_refused *refused,
			 const struct range *own_range,
			 struct target *hypervisor, struct target *pal)
{
	uint64_t end = own_range->base + own_range->size;

	target_add(hypervisor, own_range->base, own_range->size);
	for (uint64_t i = 0; i < refused->range_count; i++) {
		uint64_t base = refused->ranges[i].base;
		uint64_t range_end = base + refused->ranges[i].size;

		if (base >= end || range_end <= own_range->base) {
			target_add(pal, base, range_end - base);
			continue;
		}
		if (base < own_range->base)
			target_add(pal, base, own_range->base - base);
		if (range_end > end)
			target_add(pal, end, range_end - end);
	}
}

static struct attack_sweep sweep(uint64_t base, uint64_t size, unsigned int way,
				 bool is_write)
{
	struct attack_sweep order = {
		.base = base,
		.size = size,
		.way = way,
		.is_write = is_write,
		.value = NEW_VALUE,
	};

	if (hostile_order(ATTACK_SWEEP, &order))
		order.other_count = size / HOSTILE_PAGE;
	return order;
}

static bool works_on_own(const char *name, unsigned int way, bool is_write)
{
	struct attack_sweep order;

	order = sweep(own, HOSTILE_BLOCK, way, is_write);
	if (order.worked_count == HOSTILE_BLOCK / HOSTILE_PAGE)
		return true;
	broken(name, "by %s not even Linux's own memory can be had",
	       hostile_way(way));
	return false;
}

static bool is_held(const char *name, const struct target *target,
		    unsigned int way, bool is_write)
{
	for (unsigned int i = 0; i < target->count; i++) {
		struct attack_sweep order =
			sweep(target->ranges[i].base, target->ranges[i].size,
			      way, is_write);

		if (order.worked_count) {
			broken(name, "%llu pages were there by %s, 0x%llx first",
			       (unsigned long long)order.worked_count,
			       hostile_way(way),
			       (unsigned long long)order.first_worked);
			return false;
		}
		if (order.other_count) {
			broken(name, "%llu pages were not even tried by %s",
			       (unsigned long long)order.other_count,
			       hostile_way(way));
			return false;
		}
	}
	return true;
}

/* A kernel module touches each page in each way. */
static void by_module(const char *name, const struct target *target,
		      bool is_write)
{
	unsigned int first = is_write ? ATTACK_KMAP : ATTACK_DIRECT_MAP;
	unsigned int way;

	if (target->is_reserved)
		first = ATTACK_MEMREMAP;
	for (way = first; way < ATTACK_WAYS; way++)
		if (!works_on_own(name, way, is_write) ||
		    !is_held(name, target, way, is_write))
			return;
	printf("@held %s kernel module %s all %llu pages of %s, each in %u "
	       "ways: refused each time\n",
	       name, is_write ? "writes" : "reads",
	       (unsigned long long)target->page_count, target->words,
	       ATTACK_WAYS - first);
}

typedef enum hostile_end (*reader)(uint64_t address, uint64_t *value);

static enum hostile_end map_read(uint64_t address, uint64_t *value)
{
	return hostile_map_read(ATTACK_DEVICE, address, value);
}

/* A root program reads a word of every `stride` bytes. */
static void by_program(const char *name, const char *words, reader read,
		       const struct target *target, uint64_t stride)
{
	uint64_t value, tries = 0;

	if (read(own, &value) != HOSTILE_WORKED) {
		broken(name, "it does not work on Linux's own memory either");
		return;
	}
	for (unsigned int i = 0; i < target->count; i++) {
		const struct range *range = &target->ranges[i];

		for (uint64_t at = 0; at < range->size; at += stride, tries++) {
			if (read(range->base + at, &value) != HOSTILE_WORKED)
				continue;
			broken(name, "0x%llx was read at 0x%llx",
			       (unsigned long long)value,
			       (unsigned long long)(range->base + at));
			return;
		}
	}
	printf("@held %s root program reads %s through %s, %llu places: "
	       "%s\n",
	       name, target->words, words, (unsigned long long)tries,
	       read == map_read ? "killed by SIGSEGV each time" :
				  "nothing comes back");
}

static void hide_from_linux(const struct target *target, bool is_offline)
{
	for (unsigned int i = 0; !target->is_reserved && i < target->count;
	     i++) {
		struct attack_offline order = {
			target->ranges[i].base,
			target->ranges[i].size,
			is_offline,
		};

		hostile_order(ATTACK_OFFLINE, &order);
	}
}

static void by_programs(const struct target *target)
{
	char name[64];

	snprintf(name, sizeof(name), "dev_mem_%s", target->name);
	by_program(name, "/dev/mem (Linux's own check of it taken out)",
		   hostile_dev_mem_read, target, HOSTILE_PAGE);
	snprintf(name, sizeof(name), "kcore_%s", target->name);
	hide_from_linux(target, false);
	by_program(name, "/proc/kcore", hostile_kcore_read, target,
		   HOSTILE_PAGE);
	hide_from_linux(target, true);
	snprintf(name, sizeof(name), "mapping_%s", target->name);
	by_program(name, "page tables of its own", map_read, target,
		   HOSTILE_BLOCK / 16);
}

static void attack(const struct target *target)
{
	char name[64];

	snprintf(name, sizeof(name), "module_reads_%s", target->name);
	by_module(name, target, false);
	snprintf(name, sizeof(name), "module_writes_%s", target->name);
	by_module(name, target, true);
	by_programs(target);
}

/* Search all RAM for the secret; then again when the PAL has given it out. */
static void search(struct pal *pal, const void *masked)
{
	struct attack_find hidden, shown;
	uint8_t secret[SECRET_SIZE];
	const char *name = "module_searches_secret";

	memcpy(hidden.masked, masked, SECRET_SIZE);
	shown = hidden;
	if (hostile_order(ATTACK_FIND, &hidden) || hidden.found_count) {
		broken(name, "the PAL's secret is at 0x%llx",
		       (unsigned long long)hidden.first_found);
		return;
	}
	if (pal_call(pal, SECRET_REVEAL, NULL, 0, secret, sizeof(secret),
		     NULL) ||
	    hostile_order(ATTACK_FIND, &shown) || !shown.found_count) {
		broken(name, "a secret that the PAL gave out was not found "
			     "either");
		return;
	}
	printf("@held %s kernel module searches the %llu MiB that it can "
	       "read for the PAL's secret: not there (once the PAL gives it "
	       "out: found)\n",
	       name,
	       (unsigned long long)hidden.read_count * HOSTILE_PAGE >> 20);
}

static void check_secret(struct pal *pal, const void *masked)
{
	if (pal_call(pal, SECRET_CHECK, masked, SECRET_SIZE, NULL, 0, NULL))
		broken("pal_goes_on", "the PAL after all this: %s",
		       pal_error_text());
	else
		puts("@held pal_goes_on the PAL after all this: works, its "
		     "secret unchanged");
}

static bool find_targets(const struct range *range, bool is_unprotected,
			 struct target *hypervisor, struct target *pal)
{
	struct attack_refused refused;
	const char *why = hostile_find_protected(&refused);

	if (why) {
		puts(why);
		return false;
	}
	sort_targets(&refused, range, hypervisor, pal);
	if (is_unprotected)
		target_add(hypervisor, hostile_block(), HOSTILE_BLOCK);
	if (!pal->page_count)
		puts("no memory is the PAL's");
	return pal->page_count;
}

static int run(const struct range *range, bool is_unprotected)
{
	struct target hypervisor = {
		.name = "hypervisor",
		.words = "the hypervisor",
		.is_reserved = hostile_was_before_linux(),
	};
	struct target protected = {.name = "pal", .words = "the PAL's pool"};
	uint8_t masked[SECRET_SIZE];
	struct pal *pal;

	own = hostile_block();
	if (pal_open(SECRET_IMAGE, &pal) ||
	    pal_call(pal, SECRET_MAKE, NULL, 0, masked, sizeof(masked), NULL)) {
		puts(pal_error_text());
		return 1;
	}
	if (!find_targets(range, is_unprotected, &hypervisor, &protected))
		return 1;
	attack(&hypervisor);
	attack(&protected);
	search(pal, masked);
	check_secret(pal, masked);
	pal_close(pal);
	return is_broken;
}

/*
 * The hypervisor's memory is one naturally aligned piece; what else is refused,
 * perhaps beside it, is the pool, where the notary is.
 */
static int where(void)
{
	struct attack_refused refused;
	const char *why = hostile_find_protected(&refused);
	struct range range;

	if (!why && hostile_was_before_linux()) {
		if (hostile_find_reserved(&range)) {
			printf("0x%llx 0x%llx\n",
			       (unsigned long long)range.base,
			       (unsigned long long)range.size);
			return 0;
		}
		why = "no reserved piece of 4 MiB is refused";
	}
	for (uint64_t i = 0; !why && i < refused.range_count; i++) {
		uint64_t base = refused.ranges[i].base;
		uint64_t end = base + refused.ranges[i].size;

		base = (base + HV_MEMORY_SIZE - 1) & -(uint64_t)HV_MEMORY_SIZE;
		if (base + HV_MEMORY_SIZE <= end) {
			printf("0x%llx 0x%x\n", (unsigned long long)base,
			       HV_MEMORY_SIZE);
			return 0;
		}
	}
	puts(why ? why : "no piece of 4 MiB is refused");
	return 1;
}

int main(int argc, char **argv)
{
	struct range range;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && !strcmp(argv[1], "where"))
		return where();
	if (argc < 3) {
		fputs("usage: attempts where | attempts BASE SIZE "
		      "[unprotected]\n",
		      stderr);
		return 2;
	}
	range.base = strtoull(argv[1], NULL, 0);
	range.size = strtoull(argv[2], NULL, 0);
	return run(&range, argc > 3 && !strcmp(argv[3], "unprotected"));
}
