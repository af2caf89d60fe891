/* SPDX-License-Identifier: BSD-2-Clause */
/* However a PAL or its process ends, and whenever: all memory comes back. */
#include "case.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cpu.h"
#include "pals/worker.h"
#include "raw.h"

#define KILLS 120

static struct pal *pal;
static atomic_int last_status;
static atomic_uint ended_count, fault_count, dead_count;

static void *loop(void *arg)
{
	last_status = pal_call_thread(pal, (unsigned int)(uintptr_t)arg,
				      WORKER_LOOP, NULL, 0, NULL, 0, NULL);
	fault_count += last_status == PAL_EFAULT;
	dead_count += last_status == PAL_EDEAD;
	ended_count++;
	return NULL;
}

/* Threads 0..count-1 of the PAL loop when it returns. */
static void start_loops(pthread_t *threads, unsigned int count)
{
	uint64_t before = cpu_sum_counter(HV_COUNT_PAL_CALL);

	for (unsigned int i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, loop,
				   (void *)(uintptr_t)i))
			case_fail("pthread_create");
	while (cpu_sum_counter(HV_COUNT_PAL_CALL) < before + count)
		usleep(500);
}

static void closing_a_pal_ends_the_call_that_runs(void)
{
	pthread_t thread;

	for (int i = 0; i < 30; i++) {
		pal = case_open("worker");
		REQUIRE(pal);
		start_loops(&thread, 1);
		usleep((useconds_t)i * 100);
		REQUIRE(close(pal_descriptor(pal)) == 0);
		pthread_join(thread, NULL);
		if (last_status != PAL_EDEAD)
			case_fail("the call ended with %d (%s)", last_status,
				  pal_strerror(last_status));
		REQUIRE(case_wait_pal_count(0));
	}
}

static void closing_a_pal_ends_all_its_threads(void)
{
	pthread_t threads[8];

	pal = case_open("worker");
	REQUIRE(pal);
	start_loops(threads, 8);
	REQUIRE(close(pal_descriptor(pal)) == 0);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	CHECK_EQ(ended_count, 8);
	CHECK(case_wait_pal_count(0));
}

/* The call that broke the rule gets PAL_EFAULT, all others PAL_EDEAD. */
static void a_fault_in_one_thread_ends_them_all(void)
{
	struct pal_fault fault;
	pthread_t threads[7];
	int status;

	pal = case_open("worker");
	REQUIRE(pal);
	start_loops(threads, 7);
	status = pal_call_thread(pal, 7, WORKER_FAULT, NULL, 0, NULL, 0, NULL);
	for (int i = 0; i < 7; i++)
		pthread_join(threads[i], NULL);
	CHECK_EQ(ended_count, 7);
	CHECK_EQ(status, PAL_EFAULT);
	CHECK_EQ(fault_count, 0);
	CHECK_EQ(dead_count, 7);
	REQUIRE(pal_last_fault(pal, &fault) == 0);
	CHECK_EQ(fault.kind, PAL_FAULT_EXCEPTION);
}

static void *fault(void *arg)
{
	int status = pal_call_thread(pal, (unsigned int)(uintptr_t)arg,
				     WORKER_FAULT, NULL, 0, NULL, 0, NULL);

	fault_count += status == PAL_EFAULT;
	dead_count += status == PAL_EDEAD;
	return NULL;
}

/* One is first; what the others did does not count any more. */
static void of_many_faults_at_once_one_call_is_told(void)
{
	for (int round = 0; round < 30; round++) {
		pthread_t threads[8];

		pal = case_open("worker");
		REQUIRE(pal);
		fault_count = dead_count = 0;
		for (uintptr_t i = 0; i < 8; i++)
			if (pthread_create(&threads[i], NULL, fault, (void *)i))
				case_fail("pthread_create");
		for (int i = 0; i < 8; i++)
			pthread_join(threads[i], NULL);
		REQUIRE(fault_count == 1 && dead_count == 7);
		pal_close(pal);
	}
}

static void a_process_may_exit_while_its_threads_run_a_pal(void)
{
	pthread_t threads[4];

	pal = case_open("worker");
	REQUIRE(pal);
	start_loops(threads, 4);
	_exit(0);
}

/* ---- kill -9 ------------------------------------------------------------- */

_Noreturn static void live_looping(void)
{
	pal = case_open("worker");
	raw_call(pal_handle(pal), WORKER_LOOP);
	_exit(0);
}

_Noreturn static void live_calling(void)
{
	pal = case_open("worker");
	for (;;)
		case_call(pal, WORKER_SPIN, 100, NULL);
}

_Noreturn static void live_writing_the_window(void)
{
	pal = case_open("worker");
	raw_call(pal_handle(pal), WORKER_WRITE_WINDOW);
	_exit(0);
}

_Noreturn static void live_opening(void)
{
	for (;;)
		pal_close(case_open("worker"));
}

_Noreturn static void live_with_threads(void)
{
	pthread_t threads[8];

	pal = case_open("many");
	for (unsigned int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, loop, (void *)(uintptr_t)i);
	for (;;)
		pal_call_thread(pal, 9, WORKER_COUNT, NULL, 0, NULL, 0, NULL);
}

_Noreturn static void live_dying(void)
{
	for (;;) {
		pal = case_open("worker");
		case_call(pal, WORKER_FAULT, 0, NULL);
		pal_close(pal);
	}
}

typedef void life(void);
static life *const lives[] = {
	live_looping, live_calling,	 live_writing_the_window,
	live_opening, live_with_threads, live_dying,
};

static void kill_after(life *how, useconds_t microseconds)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		how();
	usleep(microseconds);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		case_fail("it ended by itself: 0x%x", status);
}

static void kill_many(life *how, uint64_t random)
{
	for (int i = 0; i < KILLS / 6; i++)
		kill_after(how,
			   (useconds_t)(case_random(&random) % 30000));
	CHECK(case_wait_pal_count(0));
	CHECK_EQ(case_good_pal_works(), 0);
}

static void killing_a_process_whose_pal_loops_ends_it(void)
{
	kill_many(live_looping, 21);
}

static void killing_a_process_that_calls_ends_it(void)
{
	kill_many(live_calling, 22);
}

static void killing_a_process_whose_pal_writes_its_window_ends_it(void)
{
	kill_many(live_writing_the_window, 23);
}

static void killing_a_process_that_opens_pals_ends_it(void)
{
	kill_many(live_opening, 24);
}

static void killing_a_process_with_many_threads_ends_it(void)
{
	kill_many(live_with_threads, 25);
}

static void killing_a_process_whose_pals_fault_ends_it(void)
{
	kill_many(live_dying, 26);
}

static void killing_several_at_once_ends_them(void)
{
	pid_t children[12];
	int status;

	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 12; i++) {
			children[i] = fork();
			if (children[i] == 0)
				lives[i % 6]();
		}
		usleep(100000);
		for (int i = 0; i < 12; i++)
			kill(children[i], SIGKILL);
		for (int i = 0; i < 12; i++)
			waitpid(children[i], &status, 0);
		REQUIRE(case_wait_pal_count(0));
	}
}

/* ---- Stopped, replaced --------------------------------------------------- */

static void a_stopped_process_goes_on_with_its_call(void)
{
	uint64_t steps = 50000000, value = 1, answer = 0;
	pid_t child;
	int status;

	child = fork();
	if (child == 0) {
		pal = case_open("worker");
		for (uint64_t i = 0; i < steps; i++)
			value = worker_step(value);
		if (!pal || case_call(pal, WORKER_SPIN, steps, &answer))
			_exit(1);
		_exit(answer == value ? 0 : 2);
	}
	for (int i = 0; i < 40; i++) {
		usleep(5000);
		kill(child, SIGSTOP);
		usleep(1000);
		kill(child, SIGCONT);
	}
	waitpid(child, &status, 0);
	CHECK_EQ(status, 0);
}

static void exec_ends_the_pal(void)
{
	pthread_t threads[3];
	pid_t child = fork();
	int status;

	if (child == 0) {
		pal = case_open("worker");
		start_loops(threads, 3);
		execl("/bin/busybox", "busybox", "true", NULL);
		_exit(9);
	}
	waitpid(child, &status, 0);
	CHECK_EQ(status, 0);
	CHECK(case_wait_pal_count(0));
}

static void a_pal_is_wiped_when_the_last_descriptor_is_closed(void)
{
	uint64_t handle;
	int copy;

	pal = case_open("worker");
	REQUIRE(pal);
	handle = pal_handle(pal);
	copy = dup(pal_descriptor(pal));
	close(pal_descriptor(pal));
	CHECK_EQ(raw_call(handle, 1000), HV_OK);
	CHECK_EQ(case_pal_count(), 1);
	close(copy);
	CHECK_EQ(raw_call(handle, 1000), HV_ENOENT);
	CHECK_EQ(case_pal_count(), 0);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(closing_a_pal_ends_the_call_that_runs);
	RUN(closing_a_pal_ends_all_its_threads);
	RUN(a_fault_in_one_thread_ends_them_all);
	RUN(of_many_faults_at_once_one_call_is_told);
	RUN(a_process_may_exit_while_its_threads_run_a_pal);
	RUN(killing_a_process_whose_pal_loops_ends_it);
	RUN(killing_a_process_that_calls_ends_it);
	RUN(killing_a_process_whose_pal_writes_its_window_ends_it);
	RUN(killing_a_process_that_opens_pals_ends_it);
	RUN(killing_a_process_with_many_threads_ends_it);
	RUN(killing_a_process_whose_pals_fault_ends_it);
	RUN(killing_several_at_once_ends_them);
	RUN(a_stopped_process_goes_on_with_its_call);
	RUN(exec_ends_the_pal);
	RUN(a_pal_is_wiped_when_the_last_descriptor_is_closed);
	return case_end();
}
