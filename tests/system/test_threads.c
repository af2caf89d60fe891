/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls at the same time, interrupted, moved to other CPUs: results are right. */
#include "case.h"

#include <immintrin.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
#include "cpu.h"
#include "pals/worker.h"
#include "raw.h"

#define FEW_STEPS 1000000u
#define THREADS_MAX 64

static struct pal *pal;
static atomic_uint bad_count, busy_count, done_count;
static atomic_bool is_over;

static void start(pthread_t *thread, void *(*function)(void *), uintptr_t arg)
{
	if (pthread_create(thread, NULL, function, (void *)arg))
		case_fail("pthread_create");
}

static void start_all(pthread_t *threads, unsigned int count,
		      void *(*function)(void *))
{
	for (unsigned int i = 0; i < count; i++)
		start(&threads[i], function, i);
}

static void join_all(pthread_t *threads, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
}

static uint64_t spin_here(uint64_t steps)
{
	uint64_t value = 1;

	while (steps--)
		value = worker_step(value);
	return value;
}

/* ---- At the same time ---------------------------------------------------- */

static void *call_thread_0(void *arg)
{
	uint64_t wanted = spin_here(WORKER_BRIEF_STEPS), out;
	size_t size;

	(void)arg;
	for (int i = 0; i < 400; i++) {
		int status;

		out = 0;
		status = pal_call_thread(pal, 0, WORKER_SPIN_BRIEFLY, NULL, 0,
					 &out, sizeof(out), &size);
		if (status == PAL_EBUSY)
			busy_count++;
		else if (status || out != wanted)
			bad_count++;
		else
			done_count++;
	}
	return NULL;
}

/* Both get their outputs in one slice: so no other call than this one. */
static void two_callers_of_one_thread_get_busy_or_their_turn(void)
{
	pthread_t threads[2];

	pal = case_open("worker");
	REQUIRE(pal);
	start_all(threads, 2, call_thread_0);
	join_all(threads, 2);
	case_note("%u done, %u busy", done_count, busy_count);
	CHECK_EQ(bad_count, 0);
	CHECK_EQ(done_count + busy_count, 800);
	CHECK(done_count > 0);
}

static void *call_loop(void *arg)
{
	(void)arg;
	raw_call(pal_handle(pal), WORKER_LOOP);
	return NULL;
}

static void a_thread_with_an_unfinished_call_is_busy_for_others(void)
{
	uint64_t before;
	pthread_t thread;

	pal = case_open("worker");
	REQUIRE(pal);
	before = cpu_sum_counter(HV_COUNT_PAL_CALL);
	start(&thread, call_loop, 0);
	while (cpu_sum_counter(HV_COUNT_PAL_CALL) == before)
		usleep(1000);
	for (int i = 0; i < 2000; i++)
		REQUIRE(raw_call(pal_handle(pal), WORKER_ADD_ONE) == HV_EBUSY);
	CHECK_EQ(raw_call(pal_handle(pal) + 1, WORKER_ADD_ONE), HV_OK);
}

static void *count_up(void *arg)
{
	(void)arg;
	for (int i = 0; i < 1000; i++)
		if (case_call(pal, WORKER_COUNT, 1, NULL))
			bad_count++;
	return NULL;
}

static void count_up_in_threads(unsigned int count)
{
	pthread_t threads[24];
	uint64_t sum;

	pal = case_open("worker");
	REQUIRE(pal);
	start_all(threads, count, count_up);
	join_all(threads, count);
	CHECK_EQ(bad_count, 0);
	CHECK_EQ(case_call(pal, WORKER_COUNTER, 0, &sum), 0);
	CHECK_EQ(sum, count * 1000);
}

static void a_counter_that_threads_share_has_the_right_sum(void)
{
	count_up_in_threads(8);
}

/* More callers than threads of the PAL: libpal lets them wait. */
static void more_callers_than_threads_take_turns(void)
{
	count_up_in_threads(24);
}

static void *use_own_thread(void *arg)
{
	unsigned int own = (unsigned int)(uintptr_t)arg;
	uint64_t in = 0, out;
	size_t size;

	for (int i = 0; i < 50; i++) {
		in = own * 1000 + (unsigned int)i;
		out = 0;
		if (pal_call_thread(pal, own, WORKER_ECHO, &in, sizeof(in),
				    &out, sizeof(out), &size) ||
		    out != in)
			bad_count++;
		if (pal_call_thread(pal, own, WORKER_THREAD, &in, sizeof(in),
				    &out, sizeof(out), &size) ||
		    out != own)
			bad_count++;
	}
	return NULL;
}

static void sixty_four_threads_of_a_pal_work(void)
{
	pthread_t threads[THREADS_MAX];

	pal = case_open("many");
	REQUIRE(pal);
	CHECK_EQ(pal_thread_count(pal), THREADS_MAX);
	start_all(threads, THREADS_MAX, use_own_thread);
	join_all(threads, THREADS_MAX);
	CHECK_EQ(bad_count, 0);
}

/* ---- Interrupted --------------------------------------------------------- */

static volatile sig_atomic_t tick_count;

static void count_tick(int signal)
{
	(void)signal;
	tick_count++;
}

static void start_ticks(void (*handler)(int), int microseconds)
{
	struct itimerval every = {{0, microseconds}, {0, microseconds}};
	struct sigaction action = {.sa_handler = handler,
				   .sa_flags = SA_RESTART};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

static void stop_ticks(void)
{
	setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
}

static volatile sig_atomic_t handler_good, handler_bad;
static volatile bool is_free_again;

/*
 * Longer and longer calls, which libpal makes of thread 0, until one is
 * interrupted often: emulators differ in speed, and do other things, too.
 */
static void spin_under_ticks(void (*handler)(int))
{
	uint64_t answer, steps = FEW_STEPS;

	do {
		answer = 0;
		tick_count = handler_good = 0;
		is_free_again = false;
		steps *= 2;
		start_ticks(handler, 2000);
		CHECK_EQ(case_call(pal, WORKER_SPIN, steps, &answer), 0);
		stop_ticks();
		CHECK_EQ(answer, spin_here(steps));
	} while (tick_count < 20 && !case_has_failed());
	case_note("%d ticks in %llu steps", (int)tick_count,
		  (unsigned long long)steps);
}

static void signals_in_a_long_call_do_not_disturb_it(void)
{
	pal = case_open("worker");
	REQUIRE(pal);
	spin_under_ticks(count_tick);
}

static void call_in_handler(int signal)
{
	uint64_t answer = 0;

	(void)signal;
	tick_count++;
	if (case_call(pal, WORKER_ADD_ONE, 7, &answer) || answer != 8)
		handler_bad++;
	else
		handler_good++;
}

static void a_signal_handler_can_call_the_same_pal(void)
{
	pal = case_open("worker");
	REQUIRE(pal);
	spin_under_ticks(call_in_handler);
	CHECK_EQ(handler_good, tick_count);
	CHECK_EQ(handler_bad, 0);
}

/* Ticks before and after the call find it free, but none amidst. */
static void call_busy_in_handler(int signal)
{
	(void)signal;
	tick_count++;
	if (raw_call(pal_handle(pal), WORKER_ADD_ONE) != HV_EBUSY) {
		is_free_again = handler_good > 0;
	} else {
		handler_good++;
		handler_bad += is_free_again;
	}
}

static void a_handler_finds_the_thread_it_interrupted_busy(void)
{
	pal = case_open("worker");
	REQUIRE(pal);
	spin_under_ticks(call_busy_in_handler);
	CHECK(handler_good > 5);
	CHECK_EQ(handler_bad, 0);
}

static void *move_about(void *arg)
{
	pid_t caller = (pid_t)(uintptr_t)arg;
	cpu_set_t set;

	for (unsigned int i = 0; !is_over; i++) {
		CPU_ZERO(&set);
		CPU_SET(i % (unsigned int)sysconf(_SC_NPROCESSORS_ONLN), &set);
		sched_setaffinity(caller, sizeof(set), &set);
		done_count++;
		usleep(500);
	}
	return NULL;
}

/* Longer and longer calls, until one was moved often. */
static void a_call_moves_to_another_cpu_and_goes_on(void)
{
	uint64_t steps = FEW_STEPS, answer = 0;
	unsigned int moves;
	pthread_t thread;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		case_skip("there is one CPU");
	pal = case_open("worker");
	REQUIRE(pal);
	start(&thread, move_about, (uintptr_t)gettid());
	do {
		steps *= 2;
		moves = done_count;
		CHECK_EQ(case_call(pal, WORKER_SPIN, steps, &answer), 0);
		moves = done_count - moves;
		CHECK_EQ(answer, spin_here(steps));
	} while (moves < 20 && !case_has_failed());
	is_over = true;
	pthread_join(thread, NULL);
	case_note("moved %u times", moves);
}

/* ---- Floating point ------------------------------------------------------ */

static double sse_here(uint64_t steps)
{
	double value = 1;

	while (steps--)
		value = worker_sse_step(value);
	return value;
}

static void *compute_here(void *arg)
{
	double wanted = sse_here(10000);

	(void)arg;
	cpu_pin(0);
	while (!is_over) {
		if (sse_here(10000) != wanted)
			bad_count++;
		done_count++;
	}
	return NULL;
}

static void two_who_compute_on_one_cpu_do_not_mix(void)
{
	uint64_t bits;
	pthread_t thread;
	double wanted, got;

	pal = case_open("worker");
	REQUIRE(pal);
	cpu_pin(0);
	wanted = sse_here(1000000);
	start(&thread, compute_here, 0);
	for (int i = 0; i < 10 || !done_count; i++) {
		CHECK_EQ(case_call(pal, WORKER_SSE, 1000000, &bits), 0);
		memcpy(&got, &bits, sizeof(got));
		CHECK(got == wanted);
	}
	is_over = true;
	pthread_join(thread, NULL);
	CHECK_EQ(bad_count, 0);
}

static void the_callers_rounding_is_not_the_pals(void)
{
	uint64_t bits;
	double wanted, got;

	pal = case_open("worker");
	REQUIRE(pal);
	wanted = sse_here(1000);
	_mm_setcsr(0x7f80); /* toward zero */
	CHECK_EQ(case_call(pal, WORKER_SSE, 1000, &bits), 0);
	CHECK_EQ(_mm_getcsr() & 0xffc0, 0x7f80);
	_mm_setcsr(0x1f80);
	memcpy(&got, &bits, sizeof(got));
	CHECK(got == wanted);
}

struct vectors {
	uint8_t bytes[16][32];
};

/* Load all, call, store all. */
__attribute__((target("avx"), noinline)) static int
call_with_vectors(uint64_t handle, uint64_t entry, uint64_t in_size,
		  const struct vectors *before, struct vectors *after)
{
	uint64_t status = HC_PAL_CALL, rdx = in_size, rcx = 8;

#define LOAD(i) "vmovdqu 32*" #i "(%[from]), %%ymm" #i "\n\t"
#define STORE(i) "vmovdqu %%ymm" #i ", 32*" #i "(%[to])\n\t"
#define ALL(x) x(0) x(1) x(2) x(3) x(4) x(5) x(6) x(7) x(8) x(9) x(10) x(11) \
	x(12) x(13) x(14) x(15)
	__asm__ volatile(ALL(LOAD) "vmmcall\n\t" ALL(STORE) "vzeroupper"
			 : "+a"(status), "+d"(rdx), "+c"(rcx)
			 : "D"(handle), "S"(entry), [from] "r"(before),
			   [to] "r"(after)
			 : "r8", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3",
			   "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
			   "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
			   "xmm15");
	return (int)status;
}

static void vector_registers_survive(uint64_t entry, uint64_t steps)
{
	struct vectors before, after = {0};
	uint64_t random = 12;

	for (size_t i = 0; i < sizeof(before); i++)
		before.bytes[i / 32][i % 32] = (uint8_t)case_random(&random);
	memcpy(pal_window(pal), &steps, sizeof(steps));
	CHECK_EQ(call_with_vectors(pal_handle(pal), entry, sizeof(steps),
				   &before, &after),
		 HV_OK);
	for (int i = 0; i < 16; i++)
		if (memcmp(before.bytes[i], after.bytes[i], 32))
			case_fail("YMM%d has changed", i);
}

static void the_callers_vector_registers_survive_calls(void)
{
	if (!__builtin_cpu_supports("avx"))
		case_skip("the CPU has no AVX");
	pal = case_open("worker");
	REQUIRE(pal);
	for (int i = 0; i < 100; i++)
		vector_registers_survive(WORKER_SSE, 10);
	start_ticks(count_tick, 1000);
	for (uint64_t steps = 3000000; !tick_count; steps *= 2)
		vector_registers_survive(WORKER_SSE, steps);
	stop_ticks();
}

/* Long after an earlier call: nothing of its numbers is left in registers. */
static void the_x87_state_of_the_caller_survives(void)
{
	uint16_t wanted = 0x027f, got = 0;
	long double value = 0;

	pal = case_open("worker");
	REQUIRE(pal);
	__asm__ volatile("fldcw %0; fldpi" : : "m"(wanted));
	CHECK_EQ(raw_call(pal_handle(pal), WORKER_ADD_ONE), HV_OK);
	__asm__ volatile("fstpt %0; fnstcw %1" : "=m"(value), "=m"(got));
	CHECK_EQ(got, wanted);
	CHECK(value > 3.14159L && value < 3.1416L);
}

/* All general registers but those that carry results. */
static void the_callers_registers_survive(void)
{
	uint64_t status = HC_PAL_CALL, bad = 0, handle;

	pal = case_open("worker");
	REQUIRE(pal);
	handle = pal_handle(pal);
	__asm__ volatile("push %%rbp\n\t"
			 "mov $0x1111, %%ebx\n\t"
			 "mov $0x2222, %%ebp\n\t"
			 "mov $0x3333, %%r9d\n\t"
			 "mov $0x4444, %%r10d\n\t"
			 "mov $0x5555, %%r11d\n\t"
			 "mov $0x6666, %%r12d\n\t"
			 "mov $0x7777, %%r13d\n\t"
			 "mov $0x8888, %%r14d\n\t"
			 "mov $0x9999, %%r15d\n\t"
			 "vmmcall\n\t"
			 "sub $0x1111, %%rbx\n\t"
			 "sub $0x2222, %%rbp\n\t"
			 "sub $0x3333, %%r9\n\t"
			 "sub $0x4444, %%r10\n\t"
			 "sub $0x5555, %%r11\n\t"
			 "sub $0x6666, %%r12\n\t"
			 "sub $0x7777, %%r13\n\t"
			 "sub $0x8888, %%r14\n\t"
			 "sub $0x9999, %%r15\n\t"
			 "or %%rbp, %%rbx\n\t"
			 "or %%r9, %%rbx\n\t"
			 "or %%r10, %%rbx\n\t"
			 "or %%r11, %%rbx\n\t"
			 "or %%r12, %%rbx\n\t"
			 "or %%r13, %%rbx\n\t"
			 "or %%r14, %%rbx\n\t"
			 "or %%r15, %%rbx\n\t"
			 "pop %%rbp"
			 : "+a"(status), "=b"(bad), "+D"(handle)
			 : "S"((uint64_t)WORKER_SPIN), "d"(0ul), "c"(8ul)
			 : "r8", "r9", "r10", "r11", "r12", "r13", "r14",
			   "r15", "memory", "cc");
	CHECK_EQ(status, HV_OK);
	CHECK_EQ(bad, 0);
	CHECK_EQ(handle, pal_handle(pal));
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(two_callers_of_one_thread_get_busy_or_their_turn);
	RUN(a_thread_with_an_unfinished_call_is_busy_for_others);
	RUN(a_counter_that_threads_share_has_the_right_sum);
	RUN(more_callers_than_threads_take_turns);
	RUN(sixty_four_threads_of_a_pal_work);
	RUN(signals_in_a_long_call_do_not_disturb_it);
	RUN(a_signal_handler_can_call_the_same_pal);
	RUN(a_handler_finds_the_thread_it_interrupted_busy);
	RUN(a_call_moves_to_another_cpu_and_goes_on);
	RUN(two_who_compute_on_one_cpu_do_not_mix);
	RUN(the_callers_rounding_is_not_the_pals);
	RUN(the_callers_vector_registers_survive_calls);
	RUN(the_x87_state_of_the_caller_survives);
	RUN(the_callers_registers_survive);
	return case_end();
}
