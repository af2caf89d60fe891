/* SPDX-License-Identifier: BSD-2-Clause */
/* The two forms of `pal status`. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "json.h"
#include "root_kind.h"
#include "status.h"
#include "status_policy.h"

/* In the order of enum hv_counter: JSON key, words. */
static const struct {
	const char *key;
	const char *words;
} counters[] = {
	[HV_COUNT_CPUID] = {"cpuid", "CPUID"},
	[HV_COUNT_MSR] = {"msr", "guarded MSR"},
	[HV_COUNT_HYPERCALL] = {"hypercall", "hypercall"},
	[HV_COUNT_PAL_CALL] = {"pal_call", "PAL call begun"},
	[HV_COUNT_PAL_RESUME] = {"pal_resume", "PAL call resumed"},
	[HV_COUNT_PAL_INTERRUPT] = {"pal_interrupt", "PAL interrupted"},
	[HV_COUNT_PAL_FAULT] = {"pal_fault", "PAL fault"},
	[HV_COUNT_PAL_CPUID] = {"pal_cpuid", "CPUID in a PAL"},
	[HV_COUNT_APIC_GUARD] = {"apic_guard", "guarded APIC write"},
	[HV_COUNT_NPT_FAULT] = {"npt_fault", "forbidden memory"},
	[HV_COUNT_VIRT_INSN] = {"virt_insn", "virtualization insn"},
	[HV_COUNT_OTHER] = {"other", "other"},
};

_Static_assert(sizeof(counters) / sizeof(counters[0]) == HV_COUNTERS,
	       "a counter has no name");

const char *status_counter_words(int kind)
{
	return counters[kind].words;
}

const char *status_counter_key(int kind)
{
	return counters[kind].key;
}

const char *status_state_text(uint32_t state)
{
	switch ((enum hv_pal_state)state) {
	case PAL_FREE:
		return "free";
	case PAL_LOADING:
		return "loading";
	case PAL_WAITING:
		return "waiting";
	case PAL_READY:
		return "ready";
	case PAL_DYING:
		return "dying";
	case PAL_DEAD:
		return "dead";
	}
	return "unknown";
}

const char *status_owner(uint32_t pid, char owner[STATUS_OWNER_SIZE])
{
	char path[40], name[17] = "";
	struct stat about;
	FILE *file;

	if (!pid)
		return "-";
	snprintf(owner, STATUS_OWNER_SIZE, "%u", pid);
	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return owner;
	if (!fstat(fileno(file), &about) && fgets(name, sizeof(name), file)) {
		name[strcspn(name, "\n")] = '\0';
		for (char *at = name; *at; at++)
			if (*at < ' ' || *at > '~')
				*at = '?';
		snprintf(owner, STATUS_OWNER_SIZE, "%u u%u %s", pid,
			 about.st_uid, name);
	}
	fclose(file);
	return owner;
}

static void print_info(const struct status *status)
{
	const struct palisade_info *info = &status->info;
	const struct hv_memory_info *memory = &info->memory;

	printf("hypervisor      running on %u CPUs, ABI version %u%s%s\n",
	       info->cpu_count, info->hv_abi_version,
	       info->features & HV_FEATURE_APIC_GUARD ? ", APIC guard" : "",
	       info->features & HV_FEATURE_DEBUG ? ", debug build" : "");
	if (info->features & HV_FEATURE_BEFORE_OS)
		printf("started before Linux, by GRUB\n");
	printf("DMA protection  %s\n", info->features & HV_FEATURE_IOMMU
		? "on" : "none: devices can reach the memory of PALs");
	status_policy_text(status);
	printf("launch          %.1f ms\n", (double)info->launch_ns / 1e6);
	printf("sealing root    %s\n", root_kind_text(info->root_kind));
	printf("its memory      %" PRIu64 " KiB, %" PRIu64 " KiB never used\n",
	       memory->hypervisor_bytes / 1024,
	       memory->hypervisor_free_bytes / 1024);
	printf("pool for PALs   %" PRIu64 " MiB, %" PRIu64 " KiB free\n",
	       memory->pool_blocks * 2, memory->pool_free_pages * 4);
}

static void print_counters(const struct status *status)
{
	printf("\n%-20s", "exits");
	for (uint32_t cpu = 0; cpu < status->info.cpu_count; cpu++)
		printf(" %9s%-2u", "CPU ", cpu);
	putchar('\n');
	for (int kind = 0; kind < HV_COUNTERS; kind++) {
		printf("%-20s", counters[kind].words);
		for (uint32_t cpu = 0; cpu < status->info.cpu_count; cpu++)
			printf(" %11" PRIu64, status->cpus[cpu].count[kind]);
		putchar('\n');
	}
}

double status_milliseconds(const struct status *status,
			   const struct hv_pal_info *pal)
{
	uint32_t khz = status->info.tsc_khz;

	return khz ? (double)pal->ticks / khz : 0;
}

static void print_pals(const struct status *status)
{
	if (!status->pal_count) {
		puts("\nno PALs");
		return;
	}
	printf("\n%-20s %-24s %-8s %7s %8s %8s %12s %10s\n", "PAL", "owner",
	       "state", "threads", "KiB", "window", "calls", "time ms");
	for (uint32_t i = 0; i < status->pal_count; i++) {
		const struct hv_pal_info *pal = &status->pals[i].pal;
		char owner[STATUS_OWNER_SIZE];

		printf("%-20.*s %-24s %-8s %7u %8" PRIu64 " %8" PRIu64
		       " %12" PRIu64 " %10.1f%s\n",
		       HV_PAL_NAME_SIZE, pal->name,
		       status_owner(status->pals[i].pid, owner),
		       status_state_text(pal->state), pal->thread_count,
		       pal->page_count * 4, pal->window_count * 4,
		       pal->call_count, status_milliseconds(status, pal),
		       pal->fault_word ? "  (faulted)" : "");
	}
}

void status_print_text(const struct status *status)
{
	print_info(status);
	print_counters(status);
	print_pals(status);
}

static void json_info(const struct palisade_info *info)
{
	const struct hv_memory_info *memory = &info->memory;

	printf("\"abi_version\":%u,\"features\":%u,\"cpu_count\":%u,"
	       "\"tsc_khz\":%u,"
	       "\"launch_ns\":%" PRIu64 ",\"hypervisor_bytes\":%" PRIu64
	       ",\"hypervisor_free_bytes\":%" PRIu64 ",\"pool_blocks\":%" PRIu64
	       ",\"pool_free_pages\":%" PRIu64 ",\"root\":\"%s\"",
	       info->hv_abi_version, info->features, info->cpu_count,
	       info->tsc_khz, info->launch_ns, memory->hypervisor_bytes,
	       memory->hypervisor_free_bytes, memory->pool_blocks,
	       memory->pool_free_pages, root_kind_word(info->root_kind));
}

static void json_cpu(const struct hv_cpu_stats *cpu)
{
	for (int kind = 0; kind < HV_COUNTERS; kind++)
		printf("%c\"%s\":%" PRIu64, kind ? ',' : '{',
		       counters[kind].key, cpu->count[kind]);
	putchar('}');
}

static void json_pal(const struct palisade_slot_info *slot)
{
	const struct hv_pal_info *pal = &slot->pal;

	fputs("{\"name\":", stdout);
	json_string(pal->name, sizeof(pal->name));
	printf(",\"slot\":%u,\"pid\":%u,\"state\":\"%s\",\"threads\":%u,"
	       "\"pages\":%" PRIu64 ",\"window_pages\":%" PRIu64
	       ",\"calls\":%" PRIu64 ",\"ticks\":%" PRIu64
	       ",\"fault_word\":%" PRIu64
	       ",\"fault_offset\":%" PRIu64 ",\"flags\":%u,"
	       "\"security_version\":%u}",
	       slot->slot, slot->pid, status_state_text(pal->state),
	       pal->thread_count,
	       pal->page_count, pal->window_count, pal->call_count, pal->ticks,
	       pal->fault_word, pal->fault_offset, pal->flags,
	       pal->security_version);
}

void status_print_members(const struct status *status)
{
	json_info(&status->info);
	fputs(",\"policy\":", stdout);
	status_policy_json(status);
	fputs(",\"cpus\":[", stdout);
	for (uint32_t cpu = 0; cpu < status->info.cpu_count; cpu++) {
		if (cpu)
			putchar(',');
		json_cpu(&status->cpus[cpu]);
	}
	fputs("],\"pals\":[", stdout);
	for (uint32_t i = 0; i < status->pal_count; i++) {
		if (i)
			putchar(',');
		json_pal(&status->pals[i]);
	}
	putchar(']');
}

void status_print_json(const struct status *status)
{
	putchar('{');
	status_print_members(status);
	puts("}");
}
