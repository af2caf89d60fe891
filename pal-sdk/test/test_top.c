/* SPDX-License-Identifier: BSD-2-Clause */
/* What `pal top` makes of two looks at the counters. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tap.h"
#include "tool/top.h"

static struct status before, now;
static char text[65536];

static void add_pal(struct status *status, const char *name, uint64_t handle,
		    uint64_t calls)
{
	struct palisade_slot_info *slot = &status->pals[status->pal_count];

	*slot = (struct palisade_slot_info){.slot = status->pal_count++};
	slot->pal.handle = handle;
	slot->pal.state = PAL_READY;
	slot->pal.thread_count = 1;
	slot->pal.call_count = calls;
	strncpy(slot->pal.name, name, sizeof(slot->pal.name));
}

static void begin(void)
{
	memset(&before, 0, sizeof(before));
	before.info.cpu_count = 2;
	now = before;
}

static void print_json(double seconds, unsigned int rows)
{
	(void)rows;
	top_print_json(&before, &now, seconds);
}

static void print_screen(double seconds, unsigned int rows)
{
	top_print(&before, &now, seconds, rows);
}

/* What is printed, in text; standard output is TAP's otherwise. */
static void capture(void (*show)(double, unsigned int), double seconds,
		    unsigned int rows)
{
	FILE *file = tmpfile();
	int kept = dup(STDOUT_FILENO);
	size_t size;

	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	show(seconds, rows);
	fflush(stdout);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	rewind(file);
	size = fread(text, 1, sizeof(text) - 1, file);
	text[size] = '\0';
	fclose(file);
}

static void print(double seconds, unsigned int rows)
{
	capture(print_screen, seconds, rows);
}

static void rates_are_of_the_time_between(void)
{
	begin();
	before.cpus[0].count[HV_COUNT_PAL_CALL] = 100;
	now.cpus[0].count[HV_COUNT_PAL_CALL] = 300;
	now.cpus[1].count[HV_COUNT_PAL_CALL] = 400;
	now.cpus[1].count[HV_COUNT_PAL_FAULT] = 10;
	print(2, ~0U);
	CHECK(strstr(text, "300 calls/s, 5 faults/s"));
	CHECK(strstr(text, "PAL call begun             300    100    200"));
	CHECK(!strstr(text, "CPUID"));
}

static void the_busiest_pal_comes_first(void)
{
	const char *idle, *busy;

	begin();
	add_pal(&before, "idle", 0x100, 1000000);
	add_pal(&before, "busy", 0x200, 10);
	now = before;
	now.pals[1].pal.call_count = 1010;
	print(1, ~0U);
	idle = strstr(text, "idle");
	busy = strstr(text, "busy");
	CHECK(idle && busy && busy < idle);
	CHECK(strstr(text, "2 PALs, "));
	CHECK(strstr(text, "     1000       1010"));
}

static void one_pal_is_not_several(void)
{
	begin();
	add_pal(&now, "only", 0x100, 0);
	print(1, ~0U);
	CHECK(strstr(text, " 1 PAL, "));
}

static void a_new_pal_in_a_slot_counts_from_zero(void)
{
	begin();
	add_pal(&before, "old", 0x100, 5000);
	add_pal(&now, "new", 0x140, 20);
	print(1, ~0U);
	CHECK(strstr(text, "       20         20"));
}

static void counters_that_went_back_began_anew(void)
{
	begin();
	before.cpus[0].count[HV_COUNT_PAL_CALL] = 1000;
	now.cpus[0].count[HV_COUNT_PAL_CALL] = 40;
	print(1, ~0U);
	CHECK(strstr(text, " 40 calls/s"));
}

static void a_screen_has_no_more_rows_than_the_terminal(void)
{
	begin();
	for (int i = 0; i < HV_MAX_PALS; i++)
		add_pal(&now, "x", (uint64_t)i * 64, 1);
	for (unsigned int rows = 0; rows < 40; rows++) {
		unsigned int lines = 0;

		print(1, rows);
		for (const char *at = text; *at; at++)
			lines += *at == '\n';
		CHECK(lines <= rows);
	}
}

static void many_cpus_fit(void)
{
	begin();
	before.info.cpu_count = now.info.cpu_count = HV_MAX_CPUS;
	now.cpus[63].count[HV_COUNT_CPUID] = 7;
	print(1, ~0U);
	CHECK(strstr(text, "CPUID                        7"));
	CHECK(!strstr(text, "CPU 8"));
}

/* In all of `pal status`, which `pal top` has in its JSON, too. */
static void print_status(double seconds, unsigned int rows)
{
	(void)seconds, (void)rows;
	status_print_text(&now);
	status_print_json(&now);
}

static void give_policy(uint32_t flags)
{
	static const struct policy_authority authority = {{7}, "owner"};
	const struct policy_header header = {
		.magic = POLICY_MAGIC,
		.version = POLICY_VERSION,
		.size = sizeof(header) + sizeof(authority),
		.flags = flags,
		.authority_count = 1,
	};

	begin();
	now.info.features = HV_FEATURE_POLICY | flags
							<< HV_FEATURE_POLICY_SHIFT;
	now.policy_size = header.size;
	memcpy(now.policy, &header, sizeof(header));
	memcpy(now.policy + sizeof(header), &authority, sizeof(authority));
}

/* By sha384sum. */
#define POLICY_HASH                                                            \
	"73c64e6645388b8a5747d45f7dce516026c2fdfc3b8128e3"                     \
	"89aca5c9990759da18e09f773813efd90bcfeed2c7c6435a"

static void status_tells_of_the_policy(void)
{
	give_policy(POLICY_CERTIFIED | POLICY_FORBID_UNLOAD);
	capture(print_status, 0, 0);
	CHECK(strstr(text, "policy          mode certified, forbid unload\n"));
	CHECK(strstr(text, "\n                SHA-384 " POLICY_HASH "\n"));
	CHECK(strstr(text, "\n                authority owner\n"));
	CHECK(strstr(text, ",\"policy\":{\"certified\":true,"));
	CHECK(strstr(text, "\"authorities\":[{\"name\":\"owner\","));
	CHECK(strstr(text, "],\"sha384\":\"" POLICY_HASH "\"}"));
}

static void status_tells_that_there_is_no_policy(void)
{
	begin();
	capture(print_status, 0, 0);
	CHECK(strstr(text, "policy          none: every PAL may run\n"));
	CHECK(strstr(text, ",\"policy\":null,"));
}

static void of_grub_s_policy_status_tells_what_the_hypervisor_does(void)
{
	give_policy(POLICY_LISTED);
	now.info.features |= HV_FEATURE_BEFORE_OS;
	now.policy_size = 0;
	capture(print_status, 0, 0);
	CHECK(strstr(text, "policy          mode listed\n"));
	CHECK(strstr(text, "GRUB brought it"));
	CHECK(strstr(text, ",\"policy\":{\"certified\":false,\"listed\":true,"));
	CHECK(!strstr(text, "sha384"));
}

static void a_kernel_that_tells_of_another_policy_is_not_believed(void)
{
	give_policy(POLICY_CERTIFIED);
	now.info.features =
		HV_FEATURE_POLICY |
		POLICY_ALLOW_DEBUG << HV_FEATURE_POLICY_SHIFT;
	capture(print_status, 0, 0);
	CHECK(strstr(text, "policy          mode measured, allow debug\n"));
	CHECK(strstr(text, "does not fit"));
	CHECK(!strstr(text, "owner"));
}

static void json_is_one_line_of_status_and_rates(void)
{
	const char *line_end;

	begin();
	add_pal(&before, "idle", 0x100, 70);
	now = before;
	add_pal(&now, "busy", 0x200, 9);
	before.cpus[1].count[HV_COUNT_CPUID] = 10;
	now.cpus[1].count[HV_COUNT_CPUID] = 13;
	capture(print_json, 2, 0);
	line_end = strchr(text, '\n');
	CHECK(line_end && !line_end[1]);
	CHECK(strstr(text, "{\"seconds\":2.000,\"per_second\":{\"cpus\":["
			   "{\"cpuid\":0.000,") == text);
	CHECK(strstr(text, "},{\"cpuid\":1.500,"));
	CHECK(strstr(text, "\"pal_calls\":[0.000,4.500]},\"abi_version\":"));
	CHECK(strstr(text, "\"pals\":[{\"name\":\"idle\","));
	CHECK(strstr(text, "}]}\n"));
}

int main(void)
{
	RUN(rates_are_of_the_time_between);
	RUN(the_busiest_pal_comes_first);
	RUN(one_pal_is_not_several);
	RUN(a_new_pal_in_a_slot_counts_from_zero);
	RUN(counters_that_went_back_began_anew);
	RUN(a_screen_has_no_more_rows_than_the_terminal);
	RUN(many_cpus_fit);
	RUN(json_is_one_line_of_status_and_rates);
	RUN(status_tells_of_the_policy);
	RUN(status_tells_that_there_is_no_policy);
	RUN(of_grub_s_policy_status_tells_what_the_hypervisor_does);
	RUN(a_kernel_that_tells_of_another_policy_is_not_believed);
	return TAP_END();
}
