/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulator admits and refuses as the hypervisor does, in the same words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include "abi/ioctl.h"
#include "case.h"
#include "fresh.h"
#include "host/sim_pages.h"

#define PALS  5
#define SIZES 3

static const char *const names[PALS] = {
	"good", "worker", "many", "peer", "faults",
};
/* With the largest, the window needs tables of its own. */
static const size_t data_sizes[SIZES] = {0, 4096, 5 << 20};

struct verdict {
	int status;
	char text[256];
};

static struct verdict open_there(const char *name, size_t data_size)
{
	struct pal *pal = NULL;
	struct verdict verdict = {0};
	char path[256];

	snprintf(path, sizeof(path), CASE_FOLDER "%s.pal", name);
	verdict.status = pal_open_with_data(path, data_size, &pal);
	if (verdict.status)
		snprintf(verdict.text, sizeof(verdict.text), "%s",
			 pal_error_text());
	else
		pal_close(pal);
	return verdict;
}

static struct verdict open_simulated(const char *name, size_t data_size)
{
	struct verdict verdict;

	setenv("PAL_BACKEND", "sim", 1);
	verdict = open_there(name, data_size);
	unsetenv("PAL_BACKEND");
	return verdict;
}

/* Returns how many of the PALs are refused. */
static int compare_verdicts(const char *policy)
{
	int refused_count = 0;

	if (!fresh_start(policy) ||
	    !fresh_do("pal policy compile -o policy.bin policy.conf >/dev/null"))
		return -1;
	setenv("PAL_SIM_POLICY", FRESH_FOLDER "policy.bin", 1);
	setenv("PAL_SIM_QUIET", "1", 1);
	for (int i = 0; i < PALS * SIZES; i++) {
		const char *name = names[i / SIZES];
		size_t data_size = data_sizes[i % SIZES];
		struct verdict real = open_there(name, data_size);
		struct verdict simulated = open_simulated(name, data_size);

		refused_count += real.status != 0;
		if (real.status != simulated.status ||
		    strcmp(real.text, simulated.text) != 0)
			case_fail("%s with %zu: %d (%s), but simulated %d (%s)",
				  name, data_size, real.status, real.text,
				  simulated.status, simulated.text);
	}
	return refused_count;
}

static uint64_t pages_of(const char *name, size_t data_size)
{
	struct palisade_pal_info info = {.size = sizeof(info)};
	struct pal *pal = NULL;
	char path[256];

	snprintf(path, sizeof(path), CASE_FOLDER "%s.pal", name);
	if (pal_open_with_data(path, data_size, &pal) ||
	    ioctl(pal_descriptor(pal), PALISADE_PAL_INFO, &info))
		case_fail("cannot open %s: %s", name, pal_error_text());
	pal_close(pal);
	return info.pal.page_count;
}

static void policies_without_limits_give_the_same_verdicts(void)
{
	CHECK_EQ(compare_verdicts("mode measured\nallow debug\n"), 0);
	CHECK_EQ(compare_verdicts("mode measured\n"), SIZES);
	CHECK_EQ(compare_verdicts("mode listed\nallow debug\npal many\n"),
		 (PALS - 1) * SIZES);
}

static void dma_protection_is_wanted_of_both(void)
{
	CHECK_EQ(compare_verdicts("mode measured\nallow debug\n"
				  "require dma-protection\n"),
		 PALS * SIZES);
}

/* Each may have what it takes with `data_size`, less so many pages. */
static void limit_all(const uint64_t *pages, unsigned int less, char *policy)
{
	policy += sprintf(policy, "mode measured\nallow debug\n");
	for (int i = 0; i < PALS; i++)
		policy += sprintf(policy, "pal %s max-memory %llu\n", names[i],
				  (unsigned long long)(pages[i] - less) * 4096);
}

static void memory_is_limited_to_the_page_in_both(void)
{
	uint64_t pages[PALS];
	char policy[1024];

	REQUIRE(fresh_start("mode measured\nallow debug\n"));
	for (int i = 0; i < PALS; i++)
		pages[i] = pages_of(names[i], data_sizes[SIZES - 1]);
	limit_all(pages, 0, policy);
	CHECK_EQ(compare_verdicts(policy), 0);
	limit_all(pages, 1, policy);
	CHECK_EQ(compare_verdicts(policy), PALS);
}

static void the_hypervisors_count_is_that_of_the_simulator(void)
{
	REQUIRE(fresh_start("mode measured\nallow debug\n"));
	for (int i = 0; i < PALS * SIZES; i++) {
		size_t size;
		unsigned char *image = case_image(names[i / SIZES], &size);
		const struct pal_image_header *header = (const void *)image;
		size_t data_size = data_sizes[i % SIZES];
		size_t slices = header->thread_count * header->arg_size;
		size_t logs = header->flags & PAL_FLAG_DEBUG
				      ? header->thread_count * 4096UL
				      : 0;

		CHECK_EQ(pages_of(names[i / SIZES], data_size),
			 sim_pages(header, slices + logs + data_size));
		free(image);
	}
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	case_expect_hypervisor(false); /* no good one: policies refuse it */
	RUN(policies_without_limits_give_the_same_verdicts);
	RUN(dma_protection_is_wanted_of_both);
	RUN(memory_is_limited_to_the_page_in_both);
	RUN(the_hypervisors_count_is_that_of_the_simulator);
	return fresh_restore(case_end());
}
