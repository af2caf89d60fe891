/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device that the kernel controls sends a CPU that runs a PAL the messages by
 * which devices interrupt, with every delivery mode that does more than to give
 * the OS a vector.  None of them is held off, with or without an IOMMU
 * (hv/README.md, "Devices"): the PAL is to lose and tell nothing by them.  That
 * they arrive at all is shown by those that are NMIs.
 *
 * INIT is not among them: emulated CPUs cannot redirect it, so there it takes
 * the CPU from under the hypervisor, and the machine starts again.
 */
#include <errno.h>
#include <pal_host.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>
#include "../system/case.h"
#include "../system/pals/worker.h"
#include "common_hostile.h"

#define MESSAGES UINT64_C(0xfee00000) /* bits 19:12: the CPU */
#define MODE_SHIFT 8
#define STEPS 100000
#define VECTOR 0xd0u /* nobody's, Linux says so in its log */

enum mode {
	MODE_FIXED,
	MODE_LOWEST,
	MODE_SMI,
	MODE_RESERVED,
	MODE_NMI,
	MODE_STARTUP = 6,
	MODE_EXTERNAL,
};

static atomic_bool is_over;
static atomic_uint call_count, wrong_count;

static void *call_on_cpu_0(void *arg)
{
	struct pal *pal = arg;
	uint64_t wanted = 0, value;

	if (!hostile_run_on(0) ||
	    case_call(pal, WORKER_SPIN, STEPS, &wanted))
		atomic_fetch_add(&wrong_count, 1);
	while (!atomic_load(&is_over)) {
		if (case_call(pal, WORKER_SPIN, STEPS, &value) ||
		    value != wanted)
			atomic_fetch_add(&wrong_count, 1);
		atomic_fetch_add(&call_count, 1);
	}
	return NULL;
}

static void send(enum mode mode)
{
	struct attack_dma order = {
		.address = MESSAGES,
		.value = (uint64_t)mode << MODE_SHIFT | VECTOR,
		.is_write = 1,
	};
	int err = hostile_order(ATTACK_DMA, &order);

	if (err == -ENODEV)
		case_skip("this machine has no device edu");
	CHECK_EQ(err, 0);
}

static uint64_t nmi_count(void)
{
	struct attack_nmi order;

	CHECK_EQ(hostile_order(ATTACK_NMI, &order), 0);
	return order.count;
}

static void send_during_calls(const enum mode *modes, unsigned int count)
{
	struct pal *pal = case_open("worker");
	unsigned int calls;
	pthread_t thread;

	REQUIRE(pal);
	REQUIRE(hostile_run_on(hostile_cpu_count() - 1));
	REQUIRE(!pthread_create(&thread, NULL, call_on_cpu_0, pal));
	for (unsigned int i = 0; i < count; i++) {
		calls = atomic_load(&call_count);
		send(modes[i]);
		while (atomic_load(&call_count) < calls + 2)
			usleep(1000);
	}
	atomic_store(&is_over, true);
	pthread_join(thread, NULL);
	CHECK_EQ(atomic_load(&wrong_count), 0);
	pal_close(pal);
}

static void nmis_of_a_device_arrive_and_the_pal_goes_on(void)
{
	static const enum mode modes[] = {MODE_NMI, MODE_NMI, MODE_NMI};
	uint64_t before = nmi_count();

	send_during_calls(modes, 3);
	CHECK_EQ(nmi_count(), before + 3);
}

static void no_other_message_disturbs_a_pal(void)
{
	static const enum mode modes[] = {
		MODE_FIXED,    MODE_LOWEST,  MODE_SMI,
		MODE_RESERVED, MODE_STARTUP, MODE_EXTERNAL,
	};

	case_expect_log("No irq handler for vector|spurious");
	send_during_calls(modes, sizeof(modes) / sizeof(modes[0]));
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(nmis_of_a_device_arrive_and_the_pal_goes_on);
	RUN(no_other_message_disturbs_a_pal);
	return case_end();
}
