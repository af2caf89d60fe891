/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hypercalls by those who may not make them, at the wrong time, and with
 * answers sent to where nothing may be written.
 */
#include <pal_host.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "common_pal.h"
#include "host/hypercall.h"
#include "secret.h"

static struct attack_refused protected;
static struct pal *victim;
static uint8_t masked[SECRET_SIZE];

static bool prepare(void)
{
	const char *why;

	if (pal_open(SECRET_IMAGE, &victim) ||
	    pal_call(victim, SECRET_MAKE, NULL, 0, masked, sizeof(masked),
		     NULL)) {
		case_fail("%s", pal_error_text());
		return false;
	}
	why = hostile_find_protected(&protected);
	if (why)
		case_fail("%s", why);
	return !why;
}

static void check_secret(void)
{
	CHECK_EQ(pal_call(victim, SECRET_CHECK, masked, sizeof(masked), NULL, 0,
			  NULL),
		 0);
}

static int64_t ask(uint64_t number, uint64_t to)
{
	uint64_t slot = 0;

	if (number == HC_PAL_INFO)
		slot = pal_handle(victim) >> 8 & 0xffffff;
	return hostile_call(number, slot, to, 0, NULL);
}

static void answers_are_refused_at(uint64_t to)
{
	static const uint64_t numbers[] = {
		HC_PAL_INFO, HC_CPU_STATS, HC_MEMORY_INFO, HC_LOG_READ,
	};

	for (unsigned int i = 0; i < 4; i++) {
		int64_t status = ask(numbers[i], to);

		if (status != HV_EINVAL)
			case_fail("0x%llx to 0x%llx: status %lld",
				  (unsigned long long)numbers[i],
				  (unsigned long long)to, (long long)status);
	}
}

static void answers_are_not_written_to_protected_memory(void)
{
	uint64_t own = hostile_block();

	if (!prepare())
		return;
	for (uint64_t i = 0; i < protected.range_count; i++)
		for (uint64_t at = 0; at < protected.ranges[i].size;
		     at += HOSTILE_PAGE)
			answers_are_refused_at(protected.ranges[i].base + at);
	check_secret();
	CHECK_EQ(ask(HC_PAL_INFO, own), HV_OK);
	CHECK_EQ(ask(HC_CPU_STATS, own), HV_OK);
	CHECK_EQ(ask(HC_MEMORY_INFO, own), HV_OK);
	CHECK_EQ(ask(HC_LOG_READ, own), HV_OK);
}

static void answers_are_not_written_to_devices_or_nowhere(void)
{
	static const uint64_t targets[] = {
		0xfee00000, 0xfee00300, 0xfec00000, 0xa0000, 0xb8000,
		0xb0000000, UINT64_C(1) << 40, UINT64_C(1) << 52,
		UINT64_C(1) << 63, ~UINT64_C(0), ~UINT64_C(0xfff),
	};

	if (!prepare())
		return;
	for (unsigned int i = 0; i < sizeof(targets) / 8; i++)
		answers_are_refused_at(targets[i]);
	check_secret();
}

/* An answer over the end of the last page before protected memory. */
static void answers_do_not_run_over_a_page(void)
{
	if (!prepare())
		return;
	for (uint64_t i = 0; i < protected.range_count; i++)
		answers_are_refused_at(protected.ranges[i].base - 8);
	check_secret();
}

static void statistics_of_no_cpu_are_refused(void)
{
	uint64_t own = hostile_block();

	CHECK_EQ(hostile_call(HC_CPU_STATS, 64, own, 0, NULL), HV_EINVAL);
	CHECK_EQ(hostile_call(HC_CPU_STATS, ~UINT64_C(0), own, 0, NULL),
		 HV_EINVAL);
	CHECK_EQ(hostile_call(HC_PAL_INFO, HV_MAX_PALS, own, 0, NULL),
		 HV_EINVAL);
	CHECK_EQ(hostile_call(HC_PAL_INFO, ~UINT64_C(0), own, 0, NULL),
		 HV_EINVAL);
}

static void the_kernel_itself_cannot_call_a_pal(void)
{
	if (!prepare())
		return;
	CHECK_EQ(hostile_call(HC_PAL_CALL, pal_handle(victim), SECRET_REVEAL, 0,
			      NULL),
		 HV_EPERM);
	check_secret();
}

static void another_process_cannot_call_a_pal(void)
{
	int status;

	if (!prepare())
		return;
	if (!fork()) {
		struct hypercall_result result;

		result = hypercall_pal_call(pal_handle(victim), SECRET_REVEAL,
					    0, SECRET_SIZE);
		_exit(result.status == HV_ENOENT ? 0 : 1);
	}
	wait(&status);
	CHECK_EQ(status, 0);
	check_secret(); /* so the handle is a good one */
}

static void a_program_can_make_no_other_call(void)
{
	unsigned int number;

	if (!prepare())
		return;
	for (number = HC_PAL_CALL + 1; number < HC_PAL_CALL + 256; number++) {
		register uint64_t r8 __asm__("r8") = 0;
		uint64_t rax = number, rdx = 1, rcx = 1;

		__asm__ volatile("vmmcall"
				 : "+a"(rax), "+d"(rdx), "+c"(rcx), "+r"(r8)
				 : "D"(pal_handle(victim)),
				   "S"(protected.ranges[0].base)
				 : "memory", "cc");
		if ((int64_t)rax != HV_EPERM && (int64_t)rax != HV_ENOSYS)
			case_fail("0x%x: status %lld", number, (long long)rax);
	}
	check_secret();
}

static void a_cpu_cannot_leave_a_running_hypervisor(void)
{
	if (!prepare())
		return;
	CHECK_EQ(hostile_call(HC_CPU_LEAVE, 0, 0, 0, NULL), HV_EPERM);
	CHECK_EQ(hostile_call(HC_CPU_LEAVE, 1, 1, 1, NULL), HV_EPERM);
	CHECK_EQ(hostile_call(HC_INFO, 0, 0, 0, NULL), HV_OK);
	check_secret();
}

static void it_is_launched_only_once(void)
{
	CHECK_EQ(hostile_call(HC_LAUNCHED, 0, 0, 0, NULL), HV_EPERM);
}

static void it_does_not_end_while_a_pal_lives(void)
{
	if (!prepare())
		return;
	/* What was there before Linux never ends. */
	CHECK_EQ(hostile_call(HC_UNLOAD, 0, 0, 0, NULL),
		 hostile_was_before_linux() ? HV_EPERM : HV_EBUSY);
	CHECK_EQ(hostile_call(HC_UNLOAD, 4, 0, 0, NULL), HV_EINVAL);
	CHECK_EQ(hostile_call(HC_UNLOAD, ~UINT64_C(0), 0, 0, NULL), HV_EINVAL);
	check_secret();
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(answers_are_not_written_to_protected_memory);
	RUN(answers_are_not_written_to_devices_or_nowhere);
	RUN(answers_do_not_run_over_a_page);
	RUN(statistics_of_no_cpu_are_refused);
	RUN(the_kernel_itself_cannot_call_a_pal);
	RUN(another_process_cannot_call_a_pal);
	RUN(a_program_can_make_no_other_call);
	RUN(a_cpu_cannot_leave_a_running_hypervisor);
	RUN(it_is_launched_only_once);
	RUN(it_does_not_end_while_a_pal_lives);
	return case_end();
}
