/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random hypercalls with random and interesting arguments, from the kernel and
 * from a program, on all CPUs at once, while honest PALs work.
 *
 * HOSTILE_CALLS in the environment is their number (30000 for each CPU).
 */
#include <fcntl.h>
#include <pal_host.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "abi/ioctl.h"
#include "common_pal.h"
#include "host/hypercall.h"
#include "secret.h"

#define MAX_CPUS   64u
#define OWN_BLOCKS 6u
#define SEED	   UINT64_C(0x5eed)

/* Pages of the block of our PAL, after those with lists. */
#define HEADERS	    5u
#define HEADERS_END 10u

static struct attack_refused protected;
static struct hostile_pal evil;
static uint64_t own[OWN_BLOCKS];
static struct attack_random orders[MAX_CPUS];
static atomic_int is_over;

static uint64_t calls_wanted(void)
{
	const char *text = getenv("HOSTILE_CALLS");

	return text ? strtoull(text, NULL, 0) :
		      UINT64_C(30000) * hostile_cpu_count();
}

static void add_interesting(struct attack_random *order, uint64_t value)
{
	if (order->interesting_count < 32)
		order->interesting[order->interesting_count++] = value;
}

static void add_spoilable(struct attack_random *order, uint64_t base,
			  uint64_t size)
{
	if (order->spoilable_count == 16)
		return;
	order->spoilable[order->spoilable_count].base = base;
	order->spoilable[order->spoilable_count++].size = size;
}

static void fill_order(struct attack_random *order, unsigned int cpu)
{
	static const uint64_t addresses[] = {
		0xfee00000, 0xfee00300, 0xfec00000, 0xa0000, 0xb0000000,
		UINT64_C(1) << 40, UINT64_C(1) << 52, ~UINT64_C(0xfff),
	};

	*order = (struct attack_random){
		.seed = SEED + cpu * 0x9e3779b9u,
		.count = calls_wanted() / hostile_cpu_count() + 1,
	};
	for (unsigned int page = HOSTILE_LIST; page < HEADERS_END; page++)
		add_interesting(order, hostile_pal_page(&evil, page));
	for (unsigned int i = 0; i < OWN_BLOCKS; i++) {
		add_interesting(order, own[i]);
		add_spoilable(order, own[i], HOSTILE_BLOCK);
	}
	/* Its pages, but it is not to become a pool block. */
	add_spoilable(order, evil.block + HOSTILE_PAGE,
		      HOSTILE_BLOCK - HOSTILE_PAGE);
	for (uint64_t i = 0; i < protected.range_count && i < 8; i++) {
		add_interesting(order, protected.ranges[i].base);
		add_spoilable(order, protected.ranges[i].base,
			      protected.ranges[i].size);
	}
	for (unsigned int i = 0; i < sizeof(addresses) / 8; i++)
		add_interesting(order, addresses[i]);
}

/* Lists of good pages, of bad ones, and of both; then headers. */
static void fill_lists(void)
{
	for (unsigned int page = HEADERS; page < HEADERS_END; page++)
		memcpy(evil.at + page * HOSTILE_PAGE, evil.at, HOSTILE_PAGE);
	for (unsigned int i = 0; i < 512; i++) {
		hostile_pal_list(&evil, 1)[i] = hostile_pal_page(
			&evil, HOSTILE_IMAGE + i % 64);
		hostile_pal_list(&evil, 2)[i] =
			own[i % OWN_BLOCKS] + i * HOSTILE_PAGE;
		hostile_pal_list(&evil, 3)[i] =
			protected.ranges[0].base + i * HOSTILE_PAGE;
		hostile_pal_list(&evil, 4)[i] =
			i % 7 ? own[0] + i * HOSTILE_PAGE :
				UINT64_C(1) << i % 64;
	}
}

static void *call_randomly(void *argument)
{
	struct attack_random *order = argument;

	hostile_run_on((unsigned int)(order - orders));
	CHECK_EQ(hostile_order(ATTACK_RANDOM, order), 0);
	return NULL;
}

/* The random calls may rightly have ended any PAL: start again then. */
static void *work_honestly(void *unused)
{
	uint64_t rounds = 20000;
	uint8_t masked[SECRET_SIZE];

	(void)unused;
	while (!is_over) {
		struct pal *pal;
		int status = 0;

		if (pal_open(SECRET_IMAGE, &pal))
			continue;
		if (!pal_call(pal, SECRET_MAKE, NULL, 0, masked, sizeof(masked),
			      NULL))
			while (!is_over && !status)
				status = pal_call(pal, SECRET_WORK, &rounds,
						  sizeof(rounds), NULL, 0,
						  NULL);
		if (!pal_call(pal, SECRET_CHECK, NULL, 0, NULL, 0, NULL))
			case_fail("a PAL said yes to a secret of no bytes");
		pal_close(pal);
	}
	return NULL;
}

static void destroy_all_pals(void)
{
	int device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);

	for (uint32_t slot = 0; slot < HV_MAX_PALS; slot++) {
		struct palisade_slot_info info = {
			.size = sizeof(info),
			.slot = slot,
		};

		if (ioctl(device, PALISADE_SLOT_INFO, &info))
			continue;
		evil.handle = info.pal.handle;
		hostile_pal_destroy(&evil);
	}
	close(device);
}

static void take_back(uint64_t block)
{
	int64_t status = hostile_call(HC_POOL_REMOVE, block, 0, 0, NULL);

	if (status != HV_OK)
		CHECK_EQ(status, HV_ENOENT);
}

/* After whatever happened, all that is left must be in order. */
static void clean_up(void)
{
	const char *why;

	destroy_all_pals();
	for (unsigned int i = 0; i < OWN_BLOCKS; i++)
		take_back(own[i]);
	take_back(evil.block);
	CHECK_EQ(case_pal_count(), 0);
	why = hostile_find_protected(&protected);
	if (why)
		case_fail("%s", why);
	hostile_flush_all();
}

static uint64_t sum_up(void)
{
	uint64_t calls = 0, good = 0;

	for (unsigned int cpu = 0; cpu < hostile_cpu_count(); cpu++) {
		const struct attack_random *order = &orders[cpu];

		CHECK_EQ(order->unknown_count, 0);
		CHECK_EQ(order->trap_count, 0);
		good += order->status_count[0];
		for (unsigned int i = 0; i < 16; i++) {
			calls += order->status_count[i];
			case_note("CPU %u: status -%u: %llu", cpu, i,
				  (unsigned long long)order->status_count[i]);
		}
	}
	CHECK(good > calls / 100); /* they reach beyond the first check */
	return calls;
}

/*
 * The pool holds blocks of ours: the loader's go back to Linux when it likes,
 * and then must not be given away again.
 */
static void start_with_own_pool(void)
{
	if (hostile_was_before_linux())
		case_skip("it was there before Linux, and stays");
	CHECK_EQ(system("pal disable >/dev/null && "
			"pal enable --serial 0x3f8 >/dev/null"),
		 0);
	for (unsigned int i = 0; i < OWN_BLOCKS / 2; i++)
		CHECK_EQ(hostile_call(HC_POOL_ADD, own[i], 0, 0, NULL), HV_OK);
	hostile_flush_all();
}

static void the_kernels_random_calls_break_nothing(void)
{
	unsigned int count = hostile_cpu_count(), i;
	pthread_t threads[MAX_CPUS], honest;

	REQUIRE(hostile_pal_prepare(&evil));
	for (i = 0; i < OWN_BLOCKS; i++)
		own[i] = hostile_block();
	start_with_own_pool();
	REQUIRE(!hostile_find_protected(&protected));
	fill_lists();
	for (i = 0; i < count; i++)
		fill_order(&orders[i], i);
	pthread_create(&honest, NULL, work_honestly, NULL);
	for (i = 0; i < count; i++)
		pthread_create(&threads[i], NULL, call_randomly, &orders[i]);
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	is_over = true;
	pthread_join(honest, NULL);
	clean_up();
	CHECK(sum_up() >= calls_wanted());
}

struct program_calls {
	struct pal *pal;
	uint64_t seed;
	uint64_t unknown_count;
};

static int64_t user_call(uint64_t number, uint64_t rdi, uint64_t rsi,
			 uint64_t rdx, uint64_t rcx)
{
	register uint64_t r8 __asm__("r8") = 0;

	__asm__ volatile("vmmcall"
			 : "+a"(number), "+d"(rdx), "+c"(rcx), "+r"(r8)
			 : "D"(rdi), "S"(rsi)
			 : "memory", "cc");
	return (int64_t)number;
}

static uint64_t choose(struct program_calls *calls)
{
	uint64_t random = case_random(&calls->seed);

	switch (random % 5) {
	case 0:
		return random >> 8;
	case 1:
		return random >> 8 & 0x3ff;
	case 2:
		return UINT64_C(1) << (random >> 8 & 63);
	case 3:
		return pal_handle(calls->pal) ^ 1u << (random >> 8 & 31);
	default:
		return pal_handle(calls->pal) + (random >> 8) % 5;
	}
}

static void *call_as_program(void *argument)
{
	struct program_calls *calls = argument;
	uint64_t count = calls_wanted() / 2;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t number = i % 3 ? HC_PAL_CALL : choose(calls);
		uint64_t entry = choose(calls);
		int64_t status;

		if (entry == SECRET_FAULT || entry == SECRET_WORK)
			entry += 100; /* ends the PAL; takes for ever */
		status = user_call(number, choose(calls), entry, choose(calls),
				   choose(calls));
		calls->unknown_count += status > 0 || status < HV_ENOTSUP;
	}
	return NULL;
}

static void a_programs_random_calls_break_nothing(void)
{
	struct program_calls calls[2];
	uint8_t masked[SECRET_SIZE];
	pthread_t threads[2];
	struct pal *pal;

	REQUIRE(!pal_open(SECRET_IMAGE, &pal));
	for (uint64_t i = 0; i < 2; i++) {
		calls[i] = (struct program_calls){pal, SEED + i, 0};
		pthread_create(&threads[i], NULL, call_as_program, &calls[i]);
	}
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		CHECK_EQ(calls[i].unknown_count, 0);
	}
	CHECK_EQ(pal_call(pal, SECRET_MAKE, NULL, 0, masked, sizeof(masked),
			  NULL),
		 0);
	CHECK_EQ(pal_call(pal, SECRET_CHECK, masked, sizeof(masked), NULL, 0,
			  NULL),
		 0);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_programs_random_calls_break_nothing);
	RUN(the_kernels_random_calls_break_nothing);
	return case_end();
}
