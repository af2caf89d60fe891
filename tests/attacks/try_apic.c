/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * INIT and SIPI, by which a kernel restarts a CPU outside of the hypervisor,
 * through the APIC's command register and its x2APIC form, with every width of
 * store; NMI to a CPU that runs a PAL; writes to the message area.
 *
 * That INIT works without a hypervisor is not shown: the CPU would be lost.
 * That the register is written at all is: an NMI sent by it arrives.
 */
#include <pal_host.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "common_hostile.h"
#include "secret.h"

#define ICR		UINT64_C(0xfee00300)
#define MSR_X2APIC_ICR	0x830u
#define MSR_APIC_BASE	0x1bu
#define X2APIC_ENABLED	(UINT64_C(1) << 10)

#define NMI		UINT64_C(0x4400)
#define INIT		UINT64_C(0x4500)
#define INIT_DEASSERT	UINT64_C(0x8500)
#define SIPI		UINT64_C(0x4600)
#define TO_SELF		UINT64_C(0x40000)
#define TO_ALL		UINT64_C(0x80000)
#define TO_OTHERS	UINT64_C(0xc0000)

static int command(uint64_t low, unsigned int cpu, unsigned int width)
{
	struct attack_device order = {
		.address = ICR,
		.value = low | (uint64_t)cpu << 32,
		.width = width,
	};

	CHECK_EQ(hostile_order(ATTACK_DEVICE_WRITE, &order), 0);
	return order.result;
}

static uint64_t nmi_count(void)
{
	struct attack_nmi order;

	CHECK_EQ(hostile_order(ATTACK_NMI, &order), 0);
	return order.count;
}

/* Linux is on each CPU, and each CPU is under the hypervisor. */
static void check_cpus(void)
{
	for (unsigned int cpu = 0; cpu < hostile_cpu_count(); cpu++) {
		CHECK(hostile_run_on(cpu));
		CHECK_EQ(hostile_call(HC_INFO, 0, 0, 0, NULL), HV_OK);
		CHECK_EQ(case_good_pal_works(), 0);
	}
}

static void send_all(uint64_t what)
{
	for (unsigned int cpu = 0; cpu < hostile_cpu_count(); cpu++) {
		CHECK(hostile_run_on(cpu));
		for (unsigned int to = 0; to < hostile_cpu_count(); to++)
			CHECK_EQ(command(what, to, 4), ATTACK_WORKED);
		CHECK_EQ(command(what | TO_SELF, 0, 4), ATTACK_WORKED);
		CHECK_EQ(command(what | TO_ALL, 0, 4), ATTACK_WORKED);
		CHECK_EQ(command(what | TO_OTHERS, 0, 4), ATTACK_WORKED);
	}
	check_cpus();
}

static void an_nmi_arrives(void)
{
	uint64_t before = nmi_count();

	REQUIRE(hostile_run_on(0));
	CHECK_EQ(command(NMI, hostile_cpu_count() - 1, 4), ATTACK_WORKED);
	while (nmi_count() == before)
		usleep(1000);
	CHECK_EQ(nmi_count(), before + 1);
}

static void init_is_dropped(void)
{
	send_all(INIT);
}

static void init_deassert_is_dropped(void)
{
	send_all(INIT_DEASSERT);
}

static void sipi_is_dropped(void)
{
	send_all(SIPI | 0x08);
}

static void init_and_sipi_in_a_row_are_dropped(void)
{
	unsigned int last = hostile_cpu_count() - 1;

	REQUIRE(hostile_run_on(0));
	for (int i = 0; i < 100; i++) {
		CHECK_EQ(command(INIT, last, 4), ATTACK_WORKED);
		CHECK_EQ(command(SIPI | 0x9a, last, 4), ATTACK_WORKED);
		CHECK_EQ(command(SIPI | 0x9a, last, 4), ATTACK_WORKED);
	}
	check_cpus();
}

/* What the guard cannot take apart must not get past it. */
static void init_by_other_stores_is_dropped(void)
{
	static const unsigned int widths[] = {0, 1, 2, 8};
	unsigned int last = hostile_cpu_count() - 1;

	REQUIRE(hostile_run_on(0));
	for (unsigned int i = 0; i < 4; i++) {
		int result = command(INIT, last, widths[i]);

		if (result != ATTACK_WORKED && result != 13)
			case_fail("width %u: trap %d", widths[i], result);
	}
	check_cpus();
}

static void init_by_x2apic_is_dropped(void)
{
	struct attack_msr base = {.msr = MSR_APIC_BASE};
	struct attack_msr order = {
		.msr = MSR_X2APIC_ICR,
		.value = INIT | (uint64_t)(hostile_cpu_count() - 1) << 32,
	};

	CHECK_EQ(hostile_order(ATTACK_RDMSR, &base), 0);
	CHECK_EQ(hostile_order(ATTACK_WRMSR, &order), 0);
	/* #GP, too, where the CPU has no x2APIC or is not in its mode. */
	if (base.value & X2APIC_ENABLED)
		CHECK_EQ(order.result, ATTACK_WORKED);
	check_cpus();
}

static void the_message_area_cannot_be_written(void)
{
	for (uint64_t at = 0xfee01000; at < 0xfef00000; at += 0x1000) {
		struct attack_device order = {
			.address = at,
			.value = INIT,
			.width = 4,
		};

		CHECK_EQ(hostile_order(ATTACK_DEVICE_WRITE, &order), 0);
		CHECK_EQ(order.result, 13);
	}
	check_cpus();
}

/* QEMU takes a store to the first register's place for a message, too. */
static void the_apic_page_takes_no_message(void)
{
	for (unsigned int width = 1; width <= 8; width *= 2) {
		struct attack_device order = {
			.address = 0xfee00000,
			.value = INIT,
			.width = width,
		};

		CHECK_EQ(hostile_order(ATTACK_DEVICE_WRITE, &order), 0);
		CHECK_EQ(order.result, 13);
	}
	check_cpus();
}

static void the_apic_can_be_read(void)
{
	struct attack_device order = {.address = 0xfee00030};

	CHECK_EQ(hostile_order(ATTACK_DEVICE_READ, &order), 0);
	CHECK_EQ(order.result, ATTACK_WORKED);
	CHECK(order.value != 0 && order.value != UINT32_MAX);
}

/* On each CPU, as in works_without_hypervisor.c. */
static void a_cpu_s_apic_id_cannot_be_changed(void)
{
	for (unsigned int cpu = 0; cpu < hostile_cpu_count(); cpu++) {
		uint64_t before, after;

		REQUIRE(hostile_run_on(cpu));
		after = hostile_try_apic_id(&before);
		CHECK_EQ(after, before);
	}
}

static atomic_int is_over;

static void *work(void *pal)
{
	uint64_t rounds = 300000;

	hostile_run_on(hostile_cpu_count() - 1);
	while (!is_over)
		if (pal_call(pal, SECRET_WORK, &rounds, sizeof(rounds), NULL, 0,
			     NULL))
			case_fail("%s", pal_error_text());
	return NULL;
}

static void a_pal_lives_through_nmis_and_inits(void)
{
	uint64_t before = nmi_count(), seen = 0;
	uint8_t masked[SECRET_SIZE];
	struct pal *pal;
	pthread_t worker;

	if (hostile_cpu_count() < 2)
		case_skip("needs two CPUs");
	REQUIRE(!pal_open(SECRET_IMAGE, &pal));
	CHECK_EQ(pal_call(pal, SECRET_MAKE, NULL, 0, masked, sizeof(masked),
			  NULL),
		 0);
	REQUIRE(!pthread_create(&worker, NULL, work, pal));
	CHECK(hostile_run_on(0));
	/* One that meets another is merged with it. */
	for (int i = 0; i < 200 || seen < 100; i++) {
		unsigned int last = hostile_cpu_count() - 1;

		CHECK_EQ(command(NMI, last, 4), ATTACK_WORKED);
		if (!hostile_was_before_linux()) /* see try_startup.c */
			CHECK_EQ(command(INIT, last, 4), ATTACK_WORKED);
		usleep(1000);
		seen = nmi_count() - before;
	}
	is_over = true;
	pthread_join(worker, NULL);
	case_note("%llu NMIs", (unsigned long long)seen);
	CHECK_EQ(pal_call(pal, SECRET_CHECK, masked, sizeof(masked), NULL, 0,
			  NULL),
		 0);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	case_expect_log("INIT or SIPI not sent");
	RUN(an_nmi_arrives);
	RUN(init_is_dropped);
	RUN(init_deassert_is_dropped);
	RUN(sipi_is_dropped);
	RUN(init_and_sipi_in_a_row_are_dropped);
	RUN(init_by_other_stores_is_dropped);
	RUN(init_by_x2apic_is_dropped);
	RUN(the_message_area_cannot_be_written);
	RUN(the_apic_page_takes_no_message);
	RUN(the_apic_can_be_read);
	RUN(a_cpu_s_apic_id_cannot_be_changed);
	RUN(a_pal_lives_through_nmis_and_inits);
	return case_end();
}
