/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the hypervisor was there before Linux it does INITs and startup IPIs
 * itself.  A kernel that takes a CPU out of Linux and starts code of its own
 * there, in real mode, is under the hypervisor with it.
 */
#include <fcntl.h>
#include <pal_host.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "common_hostile.h"

#define ICR		UINT64_C(0xfee00300)
#define NMI		UINT64_C(0x4400)
#define INIT		UINT64_C(0x4500)
#define INIT_DEASSERT	UINT64_C(0x8500)
#define INIT_LOGICAL	UINT64_C(0x4d00)
#define STARTUP		UINT64_C(0x4600)

#define LOW_PAGE	8u	/* Linux leaves the first MiB alone */
#define RESULTS		0x100u	/* in that page */
#define CPUID_SVM	(1u << 2)
#define MARKER		0x21554350u

/* At the start of a page below 1 MiB, in real mode. */
static const uint8_t code[64] = {
	0x8c, 0xc8,				/* mov	%cs, %ax */
	0x8e, 0xd8,				/* mov	%ax, %ds */
	0x66, 0xb8, 0x01, 0x00, 0x00, 0x80,	/* mov	$0x80000001, %eax */
	0x0f, 0xa2,				/* cpuid */
	0x66, 0x89, 0x0e, 0x00, 0x01,		/* mov	%ecx, 0x100 */
	0x66, 0xb8, 0, 0, 0, 0,			/* mov	$HC_INFO, %eax */
	0x0f, 0x01, 0xd9,			/* vmmcall */
	0x66, 0xa3, 0x04, 0x01,			/* mov	%eax, 0x104 */
	0x66, 0xc7, 0x06, 0x08, 0x01, 0, 0, 0, 0, /* movl $MARKER, 0x108 */
	0xf4,					/* hlt */
	0xeb, 0xfd,				/* jmp	back to it */
};
#define CODE_NUMBER	19u	/* where HC_INFO and the marker go */
#define CODE_MARKER	35u

static unsigned int last_cpu;

static uint64_t word(uint64_t address, const uint64_t *write)
{
	struct attack_word order = {
		.address = address,
		.way = ATTACK_KMAP,
		.value = write ? *write : 0,
	};

	CHECK_EQ(hostile_order(write ? ATTACK_WRITE : ATTACK_READ, &order), 0);
	CHECK_EQ(order.result, ATTACK_WORKED);
	return order.value;
}

static void place_code(unsigned int page)
{
	static const uint32_t number = HC_INFO, marker = MARKER;
	const uint64_t none = 0;
	uint8_t bytes[sizeof(code)];
	unsigned int i;

	memcpy(bytes, code, sizeof(code));
	memcpy(bytes + CODE_NUMBER, &number, sizeof(number));
	memcpy(bytes + CODE_MARKER, &marker, sizeof(marker));
	for (i = 0; i < sizeof(bytes); i += 8) {
		uint64_t part;

		memcpy(&part, bytes + i, sizeof(part));
		word(page * 4096 + i, &part);
	}
	word(page * 4096 + RESULTS, &none);
	word(page * 4096 + RESULTS + 8, &none);
}

static void send_to(uint64_t what, unsigned int cpu)
{
	struct attack_device order = {
		.address = ICR,
		.value = what | (uint64_t)cpu << 32,
		.width = 4,
	};

	CHECK_EQ(hostile_order(ATTACK_DEVICE_WRITE, &order), 0);
	CHECK_EQ(order.result, ATTACK_WORKED);
}

static bool set_online(char value)
{
	char name[64];
	int file;
	bool is_done;

	snprintf(name, sizeof(name), "/sys/devices/system/cpu/cpu%u/online",
		 last_cpu);
	file = open(name, O_WRONLY);
	is_done = write(file, &value, 1) == 1;
	close(file);
	return is_done;
}

/* The last CPU is ours, and not Linux's. */
static void take_cpu(void)
{
	last_cpu = hostile_cpu_count() - 1;
	if (last_cpu == 0)
		case_skip("needs two CPUs");
	REQUIRE(hostile_run_on(0));
	REQUIRE(set_online('0'));
}

static void give_cpu_back(void)
{
	CHECK(set_online('1'));
	CHECK(hostile_run_on(last_cpu));
	CHECK_EQ(hostile_call(HC_INFO, 0, 0, 0, NULL), HV_OK);
	CHECK_EQ(case_good_pal_works(), 0);
}

/*
 * Our code ran on it, under the hypervisor, which hides SVM.  A minute is more
 * than any busy host takes for it.
 */
static void check_code_ran(unsigned int page)
{
	uint64_t marker = 0, results;

	for (int i = 0; i < 6000 && marker != MARKER; i++) {
		usleep(10000);
		marker = word(page * 4096 + RESULTS + 8, NULL);
	}
	results = word(page * 4096 + RESULTS, NULL);
	CHECK_EQ(marker, MARKER);
	CHECK_EQ(results & CPUID_SVM, 0);
	CHECK_EQ((int32_t)(results >> 32), HV_OK);
}

static void a_started_cpu_is_under_the_hypervisor(void)
{
	take_cpu();
	for (unsigned int page = LOW_PAGE; page < LOW_PAGE + 2; page++) {
		place_code(page);
		send_to(INIT, last_cpu);
		send_to(INIT_DEASSERT, last_cpu);
		send_to(STARTUP | page, last_cpu);
		check_code_ran(page);
	}
	give_cpu_back();
}

static void a_storm_of_inits_takes_no_cpu_away(void)
{
	take_cpu();
	place_code(LOW_PAGE);
	for (int i = 0; i < 500; i++) {
		send_to(INIT, last_cpu);
		send_to(STARTUP | LOW_PAGE, last_cpu);
		if (i % 3 == 0)
			send_to(STARTUP | LOW_PAGE, last_cpu);
		if (i % 7 == 0)
			send_to(INIT, last_cpu);
	}
	place_code(LOW_PAGE);
	send_to(INIT, last_cpu);
	send_to(STARTUP | LOW_PAGE, last_cpu);
	check_code_ran(LOW_PAGE);
	give_cpu_back();
}

/* Whatever the guard cannot take apart does nothing at all. */
static void inits_by_other_stores_take_no_cpu_away(void)
{
	static const unsigned int widths[] = {0, 1, 2, 8};

	take_cpu();
	for (unsigned int i = 0; i < 4; i++) {
		struct attack_device order = {
			.address = ICR,
			.value = INIT | (uint64_t)last_cpu << 32,
			.width = widths[i],
		};

		CHECK_EQ(hostile_order(ATTACK_DEVICE_WRITE, &order), 0);
	}
	give_cpu_back();
}

/* To a CPU that Linux uses: done, it would be lost. */
static void nobody_is_meant_by_these(void)
{
	last_cpu = hostile_cpu_count() - 1;
	for (unsigned int cpu = 0; cpu <= last_cpu; cpu++) {
		send_to(INIT_LOGICAL, cpu);
		send_to(INIT_DEASSERT, cpu);
		send_to(STARTUP | LOW_PAGE, cpu);
		send_to(INIT, 200 + cpu);
	}
	for (unsigned int cpu = 0; cpu <= last_cpu; cpu++) {
		CHECK(hostile_run_on(cpu));
		CHECK_EQ(case_good_pal_works(), 0);
	}
}

static void memory_can_be_had_while_a_cpu_is_away(void)
{
	struct pal *pal[16];

	take_cpu();
	for (unsigned int i = 0; i < 16; i++)
		REQUIRE(pal[i] = case_open("good"));
	for (unsigned int i = 0; i < 16; i++)
		pal_close(pal[i]);
	give_cpu_back();
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_started_cpu_is_under_the_hypervisor);
	RUN(a_storm_of_inits_takes_no_cpu_away);
	RUN(inits_by_other_stores_take_no_cpu_away);
	RUN(nobody_is_meant_by_these);
	RUN(memory_can_be_had_while_a_cpu_is_away);
	return case_end();
}
