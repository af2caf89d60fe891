/* SPDX-License-Identifier: BSD-2-Clause */
/* Handles and descriptors in the wrong hands, and hypercalls made up. */
#include "case.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "abi/ioctl.h"
#include "abi/pal_image.h"
#include "pals/worker.h"
#include "raw.h"

#define RANDOM_CALLS 100000

/* In a child: its failures are the case's. */
static void in_child(void (*function)(struct pal *), struct pal *pal)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		function(pal);
		_exit(0);
	}
	REQUIRE(waitpid(child, &status, 0) == child);
	CHECK_EQ(status, 0);
}

static int ask_info(int descriptor)
{
	struct palisade_pal_info info = {.size = sizeof(info)};

	return ioctl(descriptor, PALISADE_PAL_INFO, &info) ? errno : 0;
}

static void use_as_child(struct pal *pal)
{
	uint64_t answer;

	CHECK_EQ(case_call(pal, 0, 1, &answer), PAL_EPERM);
	for (unsigned int i = 0; i < 4; i++)
		CHECK_EQ(raw_call(pal_handle(pal) + i, 0), HV_ENOENT);
	CHECK_EQ(ask_info(pal_descriptor(pal)), EPERM);
	pal_close(pal);
	CHECK_EQ(case_good_pal_works(), 0);
}

static void a_forked_child_cannot_use_its_parents_pal(void)
{
	struct pal *pal = case_open("good");
	uint64_t answer = 0;

	REQUIRE(pal);
	in_child(use_as_child, pal);
	CHECK_EQ(ask_info(pal_descriptor(pal)), 0);
	CHECK_EQ(case_call(pal, 0, 1, &answer), 0);
	CHECK_EQ(answer, 2);
}

static void fork_from(struct pal *pal)
{
	in_child(use_as_child, pal);
}

static void nor_can_a_grandchild(void)
{
	struct pal *pal = case_open("good");

	REQUIRE(pal);
	in_child(fork_from, pal);
	CHECK_EQ(case_call(pal, 0, 1, NULL), 0);
}

/* Two that have nothing to do with each other, and a socket between them. */
static void send_descriptor(int to, int descriptor, uint64_t handle)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec data = {&handle, sizeof(handle)};
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};

	control.header = (struct cmsghdr){
		.cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
	};
	memcpy(CMSG_DATA(&control.header), &descriptor, sizeof(int));
	if (sendmsg(to, &message, 0) < 0)
		case_fail("sendmsg: %s", strerror(errno));
}

static int receive_descriptor(int from, uint64_t *handle)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec data = {handle, sizeof(*handle)};
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	int descriptor = -1;

	if (recvmsg(from, &message, 0) > 0)
		memcpy(&descriptor, CMSG_DATA(&control.header), sizeof(int));
	return descriptor;
}

static void a_stranger_cannot_use_a_pal_that_it_was_sent(void)
{
	int sockets[2], received;
	struct pal *pal;
	uint64_t handle;
	pid_t child;

	REQUIRE(!socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	child = fork();
	if (child == 0) {
		pal = case_open("good");
		if (pal)
			send_descriptor(sockets[1], pal_descriptor(pal),
					pal_handle(pal));
		pause();
	}
	received = receive_descriptor(sockets[0], &handle);
	REQUIRE(received >= 0);
	CHECK_EQ(ask_info(received), EPERM);
	CHECK_EQ(raw_call(handle, 0), HV_ENOENT);
	/* The descriptor is a share of it: it outlives its maker. */
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	CHECK_EQ(case_pal_count(), 1);
	CHECK_EQ(ask_info(received), EPERM);
	CHECK_EQ(raw_call(handle, 0), HV_ENOENT);
	close(received);
	CHECK(case_wait_pal_count(0));
}

/*
 * The maker's page tables are freed and soon another process': its address
 * space must not pass for the maker's.
 */
static void the_next_process_with_the_same_page_table_is_a_stranger(void)
{
	uint64_t handle = 0;
	int ends[2];
	pid_t child;

	REQUIRE(!pipe(ends));
	child = fork();
	if (child == 0) {
		struct pal *pal = case_open("good");

		if (!pal)
			_exit(1);
		handle = pal_handle(pal);
		if (fork() == 0)
			pause(); /* keeps the descriptor, and so the PAL */
		_exit(write(ends[1], &handle, sizeof(handle)) < 0);
	}
	waitpid(child, NULL, 0);
	REQUIRE(read(ends[0], &handle, sizeof(handle)) == sizeof(handle));
	for (int i = 0; i < 300; i++) {
		child = fork();
		if (child == 0)
			_exit(raw_call(handle, 0) != HV_ENOENT);
		int status;

		waitpid(child, &status, 0);
		CHECK_EQ(status, 0);
	}
	CHECK_EQ(case_pal_count(), 1);
}

static void a_closed_pals_handle_is_stale(void)
{
	struct pal *pal;
	uint64_t handle;

	for (int i = 0; i < 50; i++) {
		pal = case_open("good");
		REQUIRE(pal);
		handle = pal_handle(pal);
		CHECK_EQ(raw_call(handle, 1000), HV_OK);
		pal_close(pal);
		CHECK_EQ(raw_call(handle, 0), HV_ENOENT);
		pal = case_open("good"); /* most likely in the same slot */
		REQUIRE(pal && pal_handle(pal) != handle);
		CHECK_EQ(raw_call(handle, 0), HV_ENOENT);
		CHECK_EQ(case_call(pal, 0, 1, NULL), 0);
		pal_close(pal);
	}
}

static void a_thread_that_is_not_there_is_an_error(void)
{
	struct pal *pal = case_open("good");

	REQUIRE(pal);
	for (unsigned int i = 0; i < 300; i++)
		CHECK_EQ(raw_call(pal_handle(pal) + i, 1000),
			 i < 4 ? HV_OK : HV_ENOENT);
	CHECK_EQ(raw_call(pal_handle(pal) - 1, 0), HV_ENOENT);
	CHECK_EQ(pal_call_thread(pal, 4, 0, NULL, 0, NULL, 0, NULL),
		 PAL_EINVAL);
	CHECK_EQ(case_call(pal, 0, 1, NULL), 0);
}

static void a_dead_pal_can_be_called_and_closed(void)
{
	struct pal *pal = case_open("worker");
	struct pal_fault fault;

	REQUIRE(pal);
	CHECK_EQ(case_call(pal, WORKER_FAULT, 0, NULL), PAL_EFAULT);
	REQUIRE(pal_last_fault(pal, &fault) == 0);
	CHECK_EQ(fault.kind, PAL_FAULT_EXCEPTION);
	CHECK_EQ(fault.detail, 6);
	for (unsigned int i = 0; i < 8; i++) {
		CHECK_EQ(raw_call(pal_handle(pal) + i, 0), HV_EDEAD);
		CHECK_EQ(pal_call_thread(pal, i, 0, NULL, 0, NULL, 0, NULL),
			 PAL_EDEAD);
	}
	CHECK_EQ(ask_info(pal_descriptor(pal)), 0);
	pal_close(pal);
	CHECK_EQ(case_pal_count(), 0);
}

static void every_single_bit_of_a_handle_counts(void)
{
	struct pal *pal = case_open("good");

	REQUIRE(pal);
	for (unsigned int bit = 2; bit < 64; bit++)
		CHECK_EQ(raw_call(pal_handle(pal) ^ UINT64_C(1) << bit, 0),
			 HV_ENOENT);
	CHECK_EQ(raw_call(0, 0), HV_ENOENT);
	CHECK_EQ(raw_call(UINT64_MAX, 0), HV_ENOENT);
}

static void only_calls_of_pals_are_for_user_mode(void)
{
	for (uint64_t number = HC_PAL_CALL + 1; number < HC_PAL_CALL + 256;
	     number++) {
		struct raw_registers regs = {.rax = number};

		CHECK_EQ(raw_hypercall(&regs), HV_EPERM);
		CHECK_EQ(regs.rdx, 0);
		CHECK_EQ(regs.rcx, 0);
	}
}

static uint64_t pick(uint64_t *random, struct pal *pal)
{
	static const uint64_t values[] = {
		0, 1, 2, 4095, 4096, 4097, 0x100000, 0x200000, 0x3fffffff,
		0x40000000, 0xfee00000, 0xffffffff, 0x100000000,
		0x7fffffffffff, 0x800000000000, 0xffff888000000000,
		0xffffffff81000000, UINT64_MAX - 1, UINT64_MAX, INT64_MAX,
		PAL_IMAGE_BASE, PAL_STACK_BASE, PAL_WINDOW_BASE,
	};
	uint64_t number = case_random(random);

	switch (number % 8) {
	case 0:
	case 1:
		return values[number / 8 %
			      (sizeof(values) / sizeof(values[0]))];
	case 2:
		return HC_PAL_CALL + number / 8 % 256;
	case 3:
		return pal_handle(pal) + number / 8 % 16 - 4;
	case 4:
		return (uintptr_t)pal_window(pal) + (number >> 48);
	case 5:
		return number >> (number / 8 % 64);
	case 6:
		return UINT64_C(1) << number / 8 % 64;
	default:
		return number;
	}
}

static bool is_status(int status)
{
	return status <= HV_OK && status >= HV_ENOTSUP;
}

/* What came back is a status, and nothing was changed that must not be. */
static void judge(const struct raw_registers *before,
		  const struct raw_registers *after)
{
	int status = (int)after->rax;

	if (!is_status(status) || (int64_t)after->rax != status)
		case_fail("hypercall 0x%llx gave 0x%llx",
			  (unsigned long long)before->rax,
			  (unsigned long long)after->rax);
	if (before->rax != HC_PAL_CALL && status != HV_EPERM)
		case_fail("hypercall 0x%llx gave %d",
			  (unsigned long long)before->rax, status);
	if (after->rdi != before->rdi || after->rsi != before->rsi ||
	    after->r9 != before->r9 || after->rcx != before->rcx)
		case_fail("hypercall 0x%llx changed a register",
			  (unsigned long long)before->rax);
}

static void a_hundred_thousand_random_hypercalls_do_no_harm(void)
{
	struct pal *pal = case_open("good");
	uint64_t random = 11;
	unsigned int reached = 0;

	REQUIRE(pal);
	for (int i = 0; i < RANDOM_CALLS; i++) {
		struct raw_registers before = {
			.rax = i % 4 ? HC_PAL_CALL : pick(&random, pal),
			.rdi = i % 8 == 1 ? pal_handle(pal)
					  : pick(&random, pal),
			.rsi = pick(&random, pal),
			.rdx = pick(&random, pal),
			.rcx = pick(&random, pal),
			.r8 = pick(&random, pal),
			.r9 = pick(&random, pal),
		};
		struct raw_registers after = before;

		reached += raw_hypercall(&after) == HV_OK;
		judge(&before, &after);
	}
	case_note("%u of them reached the PAL", reached);
	CHECK(reached > RANDOM_CALLS / 20);
	CHECK_EQ(case_call(pal, 0, 1, NULL), 0);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_forked_child_cannot_use_its_parents_pal);
	RUN(nor_can_a_grandchild);
	RUN(a_stranger_cannot_use_a_pal_that_it_was_sent);
	RUN(the_next_process_with_the_same_page_table_is_a_stranger);
	RUN(a_closed_pals_handle_is_stale);
	RUN(a_thread_that_is_not_there_is_an_error);
	RUN(a_dead_pal_can_be_called_and_closed);
	RUN(every_single_bit_of_a_handle_counts);
	RUN(only_calls_of_pals_are_for_user_mode);
	RUN(a_hundred_thousand_random_hypercalls_do_no_harm);
	return case_end();
}
