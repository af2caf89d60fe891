/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls between PALs in the simulator: what tests/system/test_peers.c asks of
 * the hypervisor, by the same PAL under several names; and how they end.
 * Usage: test_sim_peer FOLDER
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "../../tests/system/pals/peer_way.h"
#include "abi/hypercall.h"
#include "host/instance.h"
#include "host/sim.h"
#include "host/sim_instance.h"
#include "pal_host.h"
#include "sim_peers.h"
#include "sim_typed_peer.h"
#include "stderr_of.h"
#include "tap.h"

PAL_STUBS(TYPED_PEER_FUNCTIONS);

#define FUZZ_SEEDS 40
#define FUZZ_PIECE 250

/* ---- Who may call whom ----------------------------------------------------*/

static void an_allowed_call_tells_who_calls(void)
{
	struct peer_answer answer;
	struct pal_identity own;

	open_triangle();
	CHECK(call_way(a, "b", &answer) == 0);
	CHECK(answer.value == 2 && answer.has_caller);
	CHECK(!strcmp(answer.caller.name, "a"));
	CHECK(answer.caller.flags & PAL_IDENTITY_SIMULATED);
	CHECK(pal_call_exact(a, PEER_IDENTITY, NULL, 0, &own, sizeof(own)) ==
	      0);
	CHECK(!memcmp(&answer.caller, &own, sizeof(own)));
	CHECK(call_way(a, "b c", &answer) == 0 && answer.value == 3);
	CHECK(!strcmp(answer.caller.name, "b"));
	close_triangle();
}

static void an_application_is_no_caller_with_identity(void)
{
	struct peer_answer answer;

	open_triangle();
	for (int i = 0; i < PEER_THREADS; i++)
		CHECK(call_way(a, "b", NULL) == 0);
	CHECK(call_way(b, "", &answer) == 0 && !answer.has_caller);
	close_triangle();
}

static void what_the_policy_does_not_name_is_not_called(void)
{
	open_triangle();
	CHECK(call_way(a, "c", NULL) == PAL_PEER_EPERM);
	CHECK(call_way(c, "a", NULL) == PAL_PEER_EPERM);
	CHECK(call_way(c, "b", NULL) == PAL_PEER_EPERM);
	CHECK(call_way(a, "b", NULL) == 0);
	close_triangle();
	unsetenv("PAL_SIM_POLICY");
	open_triangle();
	CHECK(call_way(a, "b", NULL) == PAL_PEER_EPERM);
	close_triangle();
	setenv("PAL_SIM_POLICY", sim_policy_path, 1);
}

static void a_pal_that_is_not_there_is_not_called(void)
{
	open_triangle();
	CHECK(call_way(a, "nobody", NULL) == PAL_PEER_ENOENT);
	pal_close(b);
	CHECK(call_way(a, "b", NULL) == PAL_PEER_ENOENT);
	b = open_as("sim", "b"); /* accepts no peers */
	CHECK(call_way(a, "b", NULL) == PAL_PEER_ENOENT);
	pal_close(b);
	b = open_named("b");
	CHECK(call_way(a, "b", NULL) == 0);
	close_triangle();
}

static void a_forked_child_has_peers_of_its_own(void)
{
	int status = 0;
	pid_t child;

	open_triangle();
	child = fork();
	if (!child) {
		struct pal *own = open_named("a");
		int bad = call_way(own, "b", NULL) != PAL_PEER_ENOENT;

		pal_close(b);
		b = open_named("b");
		bad += call_way(own, "b", NULL) != 0;
		pal_close(b);
		pal_close(own);
		_exit(bad);
	}
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
	CHECK(call_way(a, "b c", NULL) == 0);
	close_triangle();
}

static void a_cycle_is_an_error(void)
{
	struct peer_answer answer;

	open_triangle();
	CHECK(call_way(a, "a", NULL) == PAL_PEER_ELOOP);
	CHECK(call_way(a, "b a", &answer) == PAL_PEER_ELOOP);
	CHECK(call_way(b, "a b", NULL) == PAL_PEER_ELOOP);
	CHECK(call_way(a, "b c", NULL) == 0);
	close_triangle();
}

static void a_chain_has_a_longest(void)
{
	struct pal *chain[6];
	struct peer_answer answer;

	for (int i = 0; i < 6; i++) {
		char name[] = {'c', 'h', 'a', 'i', 'n', (char)('0' + i), 0};

		chain[i] = open_named(name);
	}
	CHECK(call_way(chain[0], "chain1 chain2 chain3 chain4", &answer) == 0);
	CHECK(answer.value == 5);
	CHECK(call_way(chain[0], "chain1 chain2 chain3 chain4 chain5", NULL) ==
	      PAL_PEER_ELOOP);
	CHECK(call_way(chain[0], "chain1 chain2 chain3 chain4", NULL) == 0);
	for (int i = 0; i < 6; i++)
		pal_close(chain[i]);
}

/* ---- Busy, and ends -------------------------------------------------------*/

/* In that thread, as soon as no peer is in it. */
static void *loop_in_b(void *thread)
{
	struct peer_relay relay = {.action = PEER_LOOP};
	struct peer_answer answer;

	while (pal_call_thread(b, (unsigned int)(uintptr_t)thread, PEER_RELAY,
			       &relay, sizeof(relay), &answer, sizeof(answer),
			       NULL) == PAL_EBUSY)
		usleep(1000);
	return NULL;
}

static void a_peer_without_a_free_thread_is_busy(void)
{
	pthread_t threads[PEER_THREADS];
	int status = 0;

	open_triangle();
	for (uintptr_t i = 0; i < PEER_THREADS; i++)
		pthread_create(&threads[i], NULL, loop_in_b, (void *)i);
	for (int i = 0; i < 1000 && status != PAL_PEER_EBUSY; i++) {
		status = call_way(a, "b", NULL);
		usleep(5000);
	}
	CHECK(status == PAL_PEER_EBUSY);
	CHECK(!kill(sim_pid(b->sim), SIGKILL));
	for (int i = 0; i < PEER_THREADS; i++)
		pthread_join(threads[i], NULL);
	CHECK(call_way(a, "b", NULL) == PAL_PEER_ENOENT);
	close_triangle();
}

static void a_caller_outlives_the_fault_of_its_peer(void)
{
	struct pal_fault fault;

	open_triangle();
	CHECK(call_to_act(a, "b", PEER_FAULT, 0) == PAL_PEER_EDEAD);
	CHECK(call_way(a, "b", NULL) == PAL_PEER_ENOENT);
	CHECK(call_way(a, "", NULL) == 0);
	CHECK(call_way(b, "", NULL) == PAL_EDEAD); /* not by this call */
	CHECK(pal_last_fault(b, &fault) == 0 &&
	      fault.kind == PAL_FAULT_EXCEPTION);
	pal_close(b);
	b = open_named("b");
	CHECK(call_to_act(a, "b c", PEER_FAULT, 0) == PAL_PEER_EDEAD);
	CHECK(call_way(a, "b", NULL) == 0);
	close_triangle();
}

struct looping {
	const char *way;
	pthread_t thread;
	int status;
};

static void *run_looping(void *argument)
{
	struct looping *looping = argument;

	looping->status = call_to_act(a, looping->way, PEER_LOOP, 0);
	return NULL;
}

/* Returns when the last of the way, `end`, is at it, in that thread. */
static void start_looping_at(struct looping *looping, const char *way,
			     struct pal *end, unsigned int thread)
{
	struct sim_call *call = &end->sim->shared->calls[thread];
	int tries = 0;

	looping->way = way;
	CHECK(!pthread_create(&looping->thread, NULL, run_looping, looping));
	while (atomic_load(&call->turn) != SIM_TURN_CALLED && tries++ < 3000)
		usleep(10000);
}

/* The last thread is the one that peers get first. */
static void start_looping(struct looping *looping, const char *way,
			  struct pal *end)
{
	start_looping_at(looping, way, end, PEER_THREADS - 1);
}

static int end_looping(struct looping *looping)
{
	CHECK(!pthread_join(looping->thread, NULL));
	return looping->status;
}

static void is_whole(struct pal *pal)
{
	struct peer_answer answer;
	struct peer_relay relay = {0};

	for (unsigned int i = 0; i < PEER_THREADS; i++)
		CHECK(pal_call_thread(pal, i, PEER_RELAY, &relay, sizeof(relay),
				      &answer, sizeof(answer), NULL) == 0);
}

static double thread_seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void *end_a_later(void *unused)
{
	usleep(300000);
	CHECK(!kill(sim_pid(a->sim), SIGKILL));
	return unused;
}

/* All of b's threads are in calls of "a", until "a" ends. */
static void a_call_waits_for_threads_that_peers_have(void)
{
	struct looping looping[PEER_THREADS];
	double busy, passed;
	pthread_t thread;

	open_triangle();
	for (unsigned int i = 0; i < PEER_THREADS; i++)
		start_looping_at(&looping[i], "b", b, PEER_THREADS - 1 - i);
	CHECK(pal_call_thread(b, 0, PEER_RELAY, NULL, 0, NULL, 0, NULL) ==
	      PAL_EBUSY);
	busy = thread_seconds(CLOCK_THREAD_CPUTIME_ID);
	passed = thread_seconds(CLOCK_MONOTONIC);
	CHECK(!pthread_create(&thread, NULL, end_a_later, NULL));
	CHECK(call_way(b, "", NULL) == 0);
	busy = thread_seconds(CLOCK_THREAD_CPUTIME_ID) - busy;
	passed = thread_seconds(CLOCK_MONOTONIC) - passed;
	CHECK(passed > 0.2 && busy < passed / 4);
	pthread_join(thread, NULL);
	for (unsigned int i = 0; i < PEER_THREADS; i++)
		CHECK(end_looping(&looping[i]) == PAL_EDEAD);
	close_triangle();
}

static void make_b_speak(struct pal *pal)
{
	CHECK(call_to_act(pal, "b", PEER_SPEAK, 0) == 0);
}

static void call_it(struct pal *pal)
{
	CHECK(call_way(pal, "", NULL) == 0);
}

/* Its own program prints it: with the next call, or at the end. */
static void what_a_pal_says_to_peers_is_printed_later(void)
{
	open_triangle();
	CHECK(!*stderr_of(make_b_speak, a));
	CHECK(!strcmp(stderr_of(call_it, b), "[b] " PEER_WORDS));
	CHECK(!*stderr_of(call_it, b));
	make_b_speak(a);
	make_b_speak(a);
	CHECK(!strcmp(stderr_of(pal_close, b),
		      "[b] " PEER_WORDS "[b] " PEER_WORDS));
	b = NULL;
	close_triangle();
}

static void who_waits_for_a_pal_that_is_closed_goes_on(void)
{
	struct looping looping;

	open_triangle();
	start_looping(&looping, "b", b);
	pal_close(b);
	CHECK(end_looping(&looping) == PAL_PEER_EDEAD);
	is_whole(a);
	b = open_named("b");
	CHECK(call_way(a, "b c", NULL) == 0);
	close_triangle();
}

static void the_end_of_a_caller_frees_the_threads_it_waits_for(void)
{
	struct looping looping;
	int status;

	open_triangle();
	start_looping(&looping, "b c", c);
	CHECK(call_to_act(a, "", PEER_FAULT, 0) == PAL_EFAULT);
	status = end_looping(&looping);
	CHECK(status == PAL_EDEAD);
	is_whole(b);
	is_whole(c);
	close_triangle();
}

static void the_end_of_one_in_the_middle_is_told(void)
{
	struct looping looping;

	open_triangle();
	start_looping(&looping, "b c", c);
	CHECK(!kill(sim_pid(b->sim), SIGKILL));
	CHECK(end_looping(&looping) == PAL_PEER_EDEAD);
	is_whole(a);
	is_whole(c);
	close_triangle();
}

static void *call_often(void *unused)
{
	struct peer_answer answer;
	intptr_t bad = 0;

	for (int i = 0; i < 100; i++)
		bad += call_way(a, i % 2 ? "b" : "b c", &answer) != 0 ||
		       answer.value != (i % 2 ? 2 : 3) ||
		       strcmp(answer.caller.name, i % 2 ? "a" : "b") != 0;
	(void)unused;
	return (void *)bad;
}

static void many_calls_at_once_do_not_mix(void)
{
	pthread_t threads[PEER_THREADS];
	void *bad;

	open_triangle();
	for (int i = 0; i < PEER_THREADS; i++)
		CHECK(!pthread_create(&threads[i], NULL, call_often, NULL));
	for (int i = 0; i < PEER_THREADS; i++)
		CHECK(!pthread_join(threads[i], &bad) && !bad);
	close_triangle();
}

/* ---- Requests past the runtime --------------------------------------------*/

static int64_t ask(const struct peer_raw *request)
{
	struct peer_raw_answer answer = {0};
	int status = pal_call_exact(a, PEER_RAW, request, sizeof(*request),
				    &answer, sizeof(answer));

	return status ? status : answer.status;
}

static struct peer_raw good_request(void)
{
	return (struct peer_raw){.call = {.name = "b",
					  .entry = PEER_IDENTITY,
					  .in_size = 16,
					  .out_capacity = 4096}};
}

static void arguments_are_only_taken_from_private_memory(void)
{
	static const uint64_t not_its_own[] = {
		1,
		PAL_IMAGE_END - 8,
		PAL_STACK_BASE,
		PAL_WINDOW_BASE,
		PAL_WINDOW_END - 1,
		PAL_IDENTITY_BASE + 0x1000,
		PAL_CALLER_BASE + PEER_THREADS * 0x1000,
		PAL_SPACE_END - 1,
		PAL_SPACE_END,
		0x610000000000,
		UINT64_C(1) << 63,
		~UINT64_C(0),
		~UINT64_C(0xfff),
	};

	open_triangle();
	for (size_t i = 0; i < sizeof(not_its_own) / 8; i++) {
		struct peer_raw in = good_request(), out = good_request(),
				at = good_request();

		in.call.in = out.call.out = at.at = not_its_own[i];
		CHECK(ask(&in) == HV_EINVAL);
		CHECK(ask(&out) == HV_EINVAL);
		CHECK(ask(&at) == HV_EINVAL);
	}
	close_triangle();
}

static void results_do_not_go_where_the_caller_may_not_write(void)
{
	static const uint64_t places[] = {PAL_IMAGE_BASE, PAL_IDENTITY_BASE,
					  PAL_CALLER_BASE};
	struct peer_raw request = good_request();

	open_triangle();
	CHECK(ask(&request) == HV_OK);
	for (int i = 0; i < 3; i++) {
		request.call.out = places[i];
		CHECK(ask(&request) == HV_EINVAL);
	}
	request.call.out = PAL_PEER_BASE;
	CHECK(ask(&request) == HV_OK);
	close_triangle();
}

static void too_large_sizes_are_an_error(void)
{
	static const uint64_t sizes[] = {16385, 65537, UINT64_C(1) << 32,
					 ~UINT64_C(0)};

	open_triangle();
	for (int i = 0; i < 4; i++) {
		struct peer_raw in = good_request(), out = good_request();

		in.call.in_size = sizes[i];
		CHECK(ask(&in) == HV_EINVAL);
		out.call.out_capacity = sizes[i];
		if (sizes[i] > PAL_PEER_SIZE_MAX)
			CHECK(ask(&out) == HV_EINVAL);
	}
	is_whole(b);
	close_triangle();
}

/* A fuzzer may destroy itself: it has its own stack among its targets. */
static void random_requests_get_an_answer(void)
{
	struct peer_fuzz_answer answer;
	uint64_t done = 0;

	open_triangle();
	for (uint64_t seed = 1; seed <= FUZZ_SEEDS; seed++) {
		struct peer_fuzz request = {.count = FUZZ_PIECE,
					    .seed = seed * 0x9e3779b97f4a7c15,
					    .names = {"a", "b", "c", "nobody"}};
		int status =
			pal_call_exact(a, PEER_FUZZ, &request, sizeof(request),
				       &answer, sizeof(answer));

		CHECK(status == 0 || status == PAL_EFAULT);
		if (!status) {
			CHECK(!answer.unknown_count);
			done += answer.status_count[0];
			continue;
		}
		pal_close(a);
		a = open_named("a");
	}
	CHECK(done);
	is_whole(b);
	is_whole(c);
	close_triangle();
}

/* ---- Typed ----------------------------------------------------------------*/

static void typed_calls_go_from_pal_to_pal(void)
{
	struct pal *caller = open_as("sim_typed_peer", "typed-peer");
	struct typed_peer_reply reply;
	struct pal *typed;

	CHECK(typed_peer_compute(caller, &reply) == 0);
	CHECK(reply.status == PAL_PEER_ENOENT);
	typed = open_as("typed", "typed");
	CHECK(typed_peer_compute(caller, &reply) == 0);
	CHECK(reply.status == 0 && reply.value == 50);
	CHECK(typed_peer_forms(caller, &reply) == 0);
	CHECK(reply.status == 0);
	if (reply.status)
		printf("# form %d\n", reply.status);
	pal_close(typed);
	pal_close(caller);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		sim_folder = argv[1];
	setenv("PAL_BACKEND", "sim", 1);
	setenv("PAL_SIM_QUIET", "1", 1);
	write_policy();
	RUN(an_allowed_call_tells_who_calls);
	RUN(an_application_is_no_caller_with_identity);
	RUN(what_the_policy_does_not_name_is_not_called);
	RUN(a_pal_that_is_not_there_is_not_called);
	RUN(a_forked_child_has_peers_of_its_own);
	RUN(a_cycle_is_an_error);
	RUN(a_chain_has_a_longest);
	RUN(a_peer_without_a_free_thread_is_busy);
	RUN(a_caller_outlives_the_fault_of_its_peer);
	RUN(a_call_waits_for_threads_that_peers_have);
	RUN(what_a_pal_says_to_peers_is_printed_later);
	RUN(who_waits_for_a_pal_that_is_closed_goes_on);
	RUN(the_end_of_a_caller_frees_the_threads_it_waits_for);
	RUN(the_end_of_one_in_the_middle_is_told);
	RUN(many_calls_at_once_do_not_mix);
	RUN(arguments_are_only_taken_from_private_memory);
	RUN(results_do_not_go_where_the_caller_may_not_write);
	RUN(too_large_sizes_are_an_error);
	RUN(random_requests_get_an_answer);
	RUN(typed_calls_go_from_pal_to_pal);
	return TAP_END();
}
