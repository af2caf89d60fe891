// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Knows how to go through memory page by page and count what happened. */
#include "memory.h"

#include <linux/errno.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <asm/trapnr.h>

#include "map.h"
#include "probe.h"

#define CHUNK_PAGES	512u

static int touch(const struct attack_sweep *sweep, void *at, u64 *value)
{
	if (sweep->is_write)
		return probe_write(at, sweep->value);
	if (sweep->way == ATTACK_COPY_NOFAULT)
		return copy_from_kernel_nofault(value, at, sizeof(*value)) ?
		       X86_TRAP_GP : ATTACK_WORKED;
	return probe_read(at, value);
}

static void count_one(struct attack_sweep *sweep, u64 address, void *at)
{
	u64 value = 0;
	int result = touch(sweep, at, &value);

	if (result == X86_TRAP_GP) {
		sweep->gp_count++;
	} else if (result != ATTACK_WORKED) {
		sweep->other_count++;
	} else if (!sweep->worked_count++) {
		sweep->first_worked = address;
		sweep->first_value = value;
	}
}

static void sweep_chunk(struct attack_sweep *sweep, u64 base,
			unsigned int count)
{
	void *at = map_pages(sweep->way, base, count);
	unsigned int i;

	if (!at) {
		sweep->other_count += count;
		return;
	}
	for (i = 0; i < count; i++)
		count_one(sweep, base + i * PAGE_SIZE, at + i * PAGE_SIZE);
	unmap_pages(sweep->way, at);
}

int memory_sweep(struct attack_sweep *sweep)
{
	u64 done, size = sweep->size;

	if (sweep->way >= ATTACK_WAYS || !PAGE_ALIGNED(sweep->base) ||
	    !PAGE_ALIGNED(size))
		return -EINVAL;
	sweep->worked_count = 0;
	sweep->gp_count = 0;
	sweep->other_count = 0;
	sweep->first_worked = U64_MAX;
	for (done = 0; done < size; done += CHUNK_PAGES * PAGE_SIZE) {
		sweep_chunk(sweep, sweep->base + done,
			    min_t(u64, (size - done) / PAGE_SIZE, CHUNK_PAGES));
		cond_resched();
	}
	return 0;
}

static void add_refused(struct attack_refused *refused, u64 address)
{
	u64 last = refused->range_count - 1;

	refused->refused_count++;
	if (refused->range_count && refused->ranges[last].base +
	    refused->ranges[last].size == address) {
		refused->ranges[last].size += PAGE_SIZE;
	} else if (refused->range_count < ATTACK_RANGES) {
		refused->ranges[refused->range_count].base = address;
		refused->ranges[refused->range_count++].size = PAGE_SIZE;
	}
}

static int probe_range(struct resource *resource, void *data)
{
	struct attack_refused *refused = data;
	u64 at, value;

	for (at = PAGE_ALIGN(resource->start);
	     at + PAGE_SIZE - 1 <= resource->end; at += PAGE_SIZE) {
		int result = probe_read(phys_to_virt(at), &value);

		if (result == ATTACK_WORKED)
			refused->read_count++;
		else if (result == X86_TRAP_GP)
			add_refused(refused, at);
		cond_resched();
	}
	return 0;
}

static int walk_ram(void *data, int (*visit)(struct resource *, void *))
{
	return walk_iomem_res_desc(IORES_DESC_NONE,
				   IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY,
				   0, U64_MAX, data, visit);
}

int memory_refused(struct attack_refused *refused)
{
	*refused = (struct attack_refused){};
	return walk_ram(refused, probe_range);
}

static bool is_at(const u64 *at, const u64 *masked)
{
	return (at[0] ^ ATTACK_MASK) == masked[0] &&
	       (at[1] ^ ATTACK_MASK) == masked[1] &&
	       (at[2] ^ ATTACK_MASK) == masked[2] &&
	       (at[3] ^ ATTACK_MASK) == masked[3];
}

static void find_in_page(struct attack_find *find, u64 page)
{
	const u8 *bytes = phys_to_virt(page);
	unsigned int i;

	for (i = 0; i + 32 <= PAGE_SIZE; i += 8) {
		if (!is_at((const u64 *)(bytes + i), find->masked))
			continue;
		if (!find->found_count++)
			find->first_found = page + i;
	}
}

static int find_in_range(struct resource *resource, void *data)
{
	struct attack_find *find = data;
	u64 at, value;

	for (at = PAGE_ALIGN(resource->start);
	     at + PAGE_SIZE - 1 <= resource->end; at += PAGE_SIZE) {
		if (probe_read(phys_to_virt(at), &value) != ATTACK_WORKED)
			continue;
		find->read_count++;
		find_in_page(find, at);
		cond_resched();
	}
	return 0;
}

int memory_find(struct attack_find *find)
{
	find->read_count = 0;
	find->found_count = 0;
	find->first_found = 0;
	return walk_ram(find, find_in_range);
}

static int access_word(struct attack_word *word, bool is_write)
{
	u64 page = word->address & PAGE_MASK;
	void *at;

	if (word->way >= ATTACK_WAYS || word->address & 7)
		return -EINVAL;
	at = map_pages(word->way, page, 1);
	if (!at) {
		word->result = ATTACK_UNMAPPED;
		return 0;
	}
	if (is_write)
		word->result = probe_write(at + (word->address - page),
					   word->value);
	else
		word->result = probe_read(at + (word->address - page),
					  &word->value);
	unmap_pages(word->way, at);
	return 0;
}

int memory_read(struct attack_word *word)
{
	return access_word(word, false);
}

int memory_write(struct attack_word *word)
{
	return access_word(word, true);
}
