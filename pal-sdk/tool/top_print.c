/* SPDX-License-Identifier: BSD-2-Clause */
/* One screen, or line of JSON, of `pal top`: rates, from two looks. */
#include "top.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define CPU_COLUMNS 8 /* on a terminal of 80 columns; the rest is summed up */

struct row {
	const struct palisade_slot_info *slot;
	double rate;
};

struct screen {
	const struct status *before, *now;
	double seconds;
	unsigned int rows_left;
};

static bool take_row(struct screen *screen)
{
	if (!screen->rows_left)
		return false;
	screen->rows_left--;
	return true;
}

/* A counter that went back began anew. */
static double rate_of(const struct screen *screen, uint64_t before,
		      uint64_t now)
{
	return (double)(now >= before ? now - before : now) / screen->seconds;
}

static uint64_t sum(const struct status *status, int kind)
{
	uint64_t total = 0;

	for (uint32_t cpu = 0; cpu < status->info.cpu_count; cpu++)
		total += status->cpus[cpu].count[kind];
	return total;
}

static void print_summary(struct screen *screen)
{
	const struct status *now = screen->now;
	const struct hv_memory_info *memory = &now->info.memory;

	if (take_row(screen))
		printf("Palisade on %u CPU%s, %u PAL%s, %.0f calls/s, %.0f "
		       "faults/s\n",
		       now->info.cpu_count, now->info.cpu_count == 1 ? "" : "s",
		       now->pal_count, now->pal_count == 1 ? "" : "s",
		       rate_of(screen, sum(screen->before, HV_COUNT_PAL_CALL),
			       sum(now, HV_COUNT_PAL_CALL)),
		       rate_of(screen, sum(screen->before, HV_COUNT_PAL_FAULT),
			       sum(now, HV_COUNT_PAL_FAULT)));
	if (take_row(screen))
		printf("pool %" PRIu64 " MiB, %" PRIu64
		       " KiB free; hypervisor %" PRIu64 " KiB, %" PRIu64
		       " KiB never used\n",
		       memory->pool_blocks * 2, memory->pool_free_pages * 4,
		       memory->hypervisor_bytes / 1024,
		       memory->hypervisor_free_bytes / 1024);
}

static uint32_t column_count(const struct screen *screen)
{
	uint32_t count = screen->now->info.cpu_count;

	return count < CPU_COLUMNS ? count : CPU_COLUMNS;
}

static void print_kind(struct screen *screen, int kind)
{
	uint64_t before = sum(screen->before, kind);
	uint64_t now = sum(screen->now, kind);

	if (!now || !take_row(screen))
		return;
	printf("%-20s %9.0f", status_counter_words(kind),
	       rate_of(screen, before, now));
	for (uint32_t cpu = 0; cpu < column_count(screen); cpu++)
		printf(" %6.0f",
		       rate_of(screen, screen->before->cpus[cpu].count[kind],
			       screen->now->cpus[cpu].count[kind]));
	putchar('\n');
}

static void print_exits(struct screen *screen)
{
	if (!take_row(screen))
		return;
	putchar('\n');
	if (!take_row(screen))
		return;
	printf("%-20s %9s", "exits each second", "all");
	for (uint32_t cpu = 0; cpu < column_count(screen); cpu++)
		printf(" %4s%-2u", "CPU", cpu);
	putchar('\n');
	for (int kind = 0; kind < HV_COUNTERS; kind++)
		print_kind(screen, kind);
}

/* Calls of the same PAL at the look before; a new one in its slot has none. */
static uint64_t calls_before(const struct status *before,
			     const struct palisade_slot_info *slot)
{
	for (uint32_t i = 0; i < before->pal_count; i++)
		if (before->pals[i].slot == slot->slot &&
		    before->pals[i].pal.handle == slot->pal.handle)
			return before->pals[i].pal.call_count;
	return 0;
}

static double call_rate(const struct screen *screen,
			const struct palisade_slot_info *slot)
{
	return rate_of(screen, calls_before(screen->before, slot),
		       slot->pal.call_count);
}

static int compare(const void *one, const void *other)
{
	const struct row *a = one, *b = other;

	if (a->rate != b->rate)
		return a->rate < b->rate ? 1 : -1;
	return a->slot->slot < b->slot->slot ? -1 : 1;
}

static void print_pal(const struct screen *screen, const struct row *row)
{
	const struct hv_pal_info *pal = &row->slot->pal;
	char owner[STATUS_OWNER_SIZE];

	printf("%-16.16s %-18.18s %-7s %3u %8" PRIu64 " %9.0f %10" PRIu64
	       " %9.1f%s\n",
	       pal->name, status_owner(row->slot->pid, owner),
	       status_state_text(pal->state), pal->thread_count,
	       (pal->page_count + pal->window_count) * 4, row->rate,
	       pal->call_count,
	       status_milliseconds(screen->now, pal),
	       pal->fault_word ? " faulted" : "");
}

static void print_pals(struct screen *screen)
{
	static struct row rows[HV_MAX_PALS];
	uint32_t count = screen->now->pal_count;

	for (uint32_t i = 0; i < count; i++) {
		const struct palisade_slot_info *slot = &screen->now->pals[i];

		rows[i].slot = slot;
		rows[i].rate = call_rate(screen, slot);
	}
	qsort(rows, count, sizeof(rows[0]), compare);
	if (!count || !take_row(screen))
		return;
	putchar('\n');
	if (take_row(screen))
		printf("%-16s %-18s %-7s %3s %8s %9s %10s %9s\n", "PAL",
		       "owner", "state", "thr", "KiB", "calls/s", "calls",
		       "time ms");
	for (uint32_t i = 0; i < count && take_row(screen); i++)
		print_pal(screen, &rows[i]);
}

void top_print(const struct status *before, const struct status *now,
	       double seconds, unsigned int row_limit)
{
	struct screen screen = {before, now, seconds, row_limit};

	print_summary(&screen);
	print_exits(&screen);
	print_pals(&screen);
}

static void json_cpu(const struct screen *screen, uint32_t cpu)
{
	for (int kind = 0; kind < HV_COUNTERS; kind++)
		printf("%c\"%s\":%.3f", kind ? ',' : '{',
		       status_counter_key(kind),
		       rate_of(screen, screen->before->cpus[cpu].count[kind],
			       screen->now->cpus[cpu].count[kind]));
	putchar('}');
}

void top_print_json(const struct status *before, const struct status *now,
		    double seconds)
{
	struct screen screen = {before, now, seconds, 0};

	printf("{\"seconds\":%.3f,\"per_second\":{\"cpus\":[", seconds);
	for (uint32_t cpu = 0; cpu < now->info.cpu_count; cpu++) {
		if (cpu)
			putchar(',');
		json_cpu(&screen, cpu);
	}
	fputs("],\"pal_calls\":[", stdout);
	for (uint32_t i = 0; i < now->pal_count; i++)
		printf("%s%.3f", i ? "," : "",
		       call_rate(&screen, &now->pals[i]));
	fputs("]},", stdout);
	status_print_members(now);
	puts("}");
}
