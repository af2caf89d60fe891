/* SPDX-License-Identifier: BSD-2-Clause */
/* PALs that call PALs, along the policy's edges and beside them. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "abi/hypercall.h"
#include "case.h"
#include "fresh.h"
#include "pals/peer_way.h"

#define KILLS	   50
#define FUZZ_CALLS 50000
#define FUZZ_PIECE 500

/* a to c are a triangle; chain0 to chain5 a line.  CPUs forget at each call. */
#define POLICY                                                                 \
	"mode measured\nallow debug\nflush all\n"                              \
	"pal a\npal b\npal c\npal good\n"                                      \
	"pal chain0\npal chain1\npal chain2\n"                                 \
	"pal chain3\npal chain4\npal chain5\n"                                 \
	"call a b\ncall b c\ncall b a\ncall a a\ncall a good\n"                \
	"call chain0 chain1\ncall chain1 chain2\ncall chain2 chain3\n"         \
	"call chain3 chain4\ncall chain4 chain5\n"

static struct pal *a, *b, *c;

static struct pal *open_image(const char *image_name, const char *name)
{
	size_t size;
	unsigned char *image = case_image(image_name, &size);
	struct pal_image_header *header = (void *)image;
	struct pal *pal = NULL;

	memset(header->name, 0, sizeof(header->name));
	strcpy(header->name, name);
	if (pal_open_image(image, size, &pal))
		case_fail("cannot open %s: %s", name, pal_error_text());
	free(image);
	return pal;
}

static struct pal *open_named(const char *name)
{
	return open_image("peer", name);
}

static bool open_triangle(void)
{
	a = open_named("a");
	b = open_named("b");
	c = open_named("c");
	return a && b && c;
}

static void an_allowed_call_tells_who_calls(void)
{
	struct peer_answer answer;
	struct pal_identity own;

	REQUIRE(open_triangle());
	CHECK_EQ(call_way(a, "b", &answer), 0);
	CHECK_EQ(answer.value, 2);
	CHECK_EQ(answer.has_caller, 1);
	CHECK(!strcmp(answer.caller.name, "a"));
	CHECK_EQ(pal_call_exact(a, PEER_IDENTITY, NULL, 0, &own, sizeof(own)),
		 0);
	CHECK(!memcmp(&answer.caller, &own, sizeof(own)));
	CHECK_EQ(call_way(a, "b c", &answer), 0);
	CHECK_EQ(answer.value, 3);
	CHECK(!strcmp(answer.caller.name, "b"));
}

static void an_application_is_no_caller_with_identity(void)
{
	struct peer_answer answer;

	REQUIRE(open_triangle());
	CHECK_EQ(call_way(a, "b", NULL), 0);
	CHECK_EQ(call_way(b, "", &answer), 0);
	CHECK_EQ(answer.has_caller, 0);
}

static void what_the_policy_does_not_name_is_not_called(void)
{
	REQUIRE(open_triangle());
	CHECK_EQ(call_way(a, "c", NULL), PAL_PEER_EPERM);
	CHECK_EQ(call_way(c, "a", NULL), PAL_PEER_EPERM);
	CHECK_EQ(call_way(c, "b", NULL), PAL_PEER_EPERM);
	CHECK_EQ(call_way(a, "b", NULL), 0);
}

static void a_pal_that_is_not_there_is_not_called(void)
{
	REQUIRE(open_triangle());
	CHECK_EQ(call_way(a, "nobody", NULL), PAL_PEER_ENOENT);
	pal_close(b);
	CHECK_EQ(call_way(a, "b", NULL), PAL_PEER_ENOENT);
}

static void a_pal_that_accepts_no_peers_is_not_called(void)
{
	a = open_named("a");
	REQUIRE(a && case_open("good"));
	CHECK_EQ(call_way(a, "good", NULL), PAL_PEER_ENOENT);
}

static void *loop_in_b(void *thread)
{
	struct peer_relay relay = {.action = PEER_LOOP};
	struct peer_answer answer;

	/* A call of "a" may be in it just now. */
	while (pal_call_thread(b, (unsigned int)(uintptr_t)thread, PEER_RELAY,
			       &relay, sizeof(relay), &answer, sizeof(answer),
			       NULL) == PAL_EBUSY)
		;
	return NULL;
}

static void a_peer_without_a_free_thread_is_busy(void)
{
	pthread_t threads[PEER_THREADS];
	int status = 0;

	REQUIRE(open_triangle());
	for (uintptr_t i = 0; i < PEER_THREADS; i++)
		pthread_create(&threads[i], NULL, loop_in_b, (void *)i);
	for (int i = 0; i < 1000 && status != PAL_PEER_EBUSY; i++) {
		status = call_way(a, "b", NULL);
		usleep(5000);
	}
	CHECK_EQ(status, PAL_PEER_EBUSY);
	close(pal_descriptor(b));
	for (int i = 0; i < PEER_THREADS; i++)
		pthread_join(threads[i], NULL);
	CHECK_EQ(call_way(a, "b", NULL), PAL_PEER_ENOENT);
}

static void a_cycle_is_an_error(void)
{
	struct peer_answer answer;

	REQUIRE(open_triangle());
	CHECK_EQ(call_way(a, "a", NULL), PAL_PEER_ELOOP);
	CHECK_EQ(call_way(a, "b a", &answer), PAL_PEER_ELOOP);
	CHECK_EQ(call_way(b, "a b", NULL), PAL_PEER_ELOOP);
	CHECK_EQ(call_way(a, "b c", NULL), 0);
}

static void a_chain_has_a_longest(void)
{
	static const char *const names[] = {"chain1", "chain2", "chain3",
					    "chain4", "chain5"};
	struct pal *first = open_named("chain0");
	struct peer_answer answer;

	REQUIRE(first);
	for (int i = 0; i < 5; i++)
		REQUIRE(open_named(names[i]));
	CHECK_EQ(call_way(first, "chain1 chain2 chain3 chain4", &answer), 0);
	CHECK_EQ(answer.value, 5);
	CHECK_EQ(call_way(first, "chain1 chain2 chain3 chain4 chain5", NULL),
		 PAL_PEER_ELOOP);
	CHECK_EQ(call_way(first, "chain1 chain2 chain3 chain4", NULL), 0);
}

static void a_caller_outlives_the_fault_of_its_peer(void)
{
	struct pal_fault fault;

	REQUIRE(open_triangle());
	CHECK_EQ(call_to_act(a, "b", PEER_FAULT, 0), PAL_PEER_EDEAD);
	CHECK_EQ(call_way(a, "b", NULL), PAL_PEER_ENOENT);
	CHECK_EQ(call_way(a, "", NULL), 0);
	CHECK_EQ(call_way(b, "", NULL), PAL_EDEAD); /* not by this call */
	REQUIRE(pal_last_fault(b, &fault) == 0);
	CHECK_EQ(fault.kind, PAL_FAULT_EXCEPTION);
	pal_close(b);
	b = open_named("b");
	REQUIRE(b);
	CHECK_EQ(call_to_act(a, "b c", PEER_FAULT, 0), PAL_PEER_EDEAD);
	CHECK_EQ(call_way(a, "b", NULL), 0);
}

/* ---- Between an own call and a peer's ------------------------------------ */

/* The look for an idle thread has one for a moment: then try again. */
static void *loop_in_b_by_a(void *status)
{
	do {
		*(int *)status = call_to_act(a, "b", PEER_LOOP, 0);
	} while (*(int *)status == PAL_PEER_EBUSY);
	return NULL;
}

static bool has_idle_thread(struct pal *pal)
{
	for (unsigned int i = 0; i < PEER_THREADS; i++)
		if (pal_call_thread(pal, i, PEER_RELAY, NULL, 0, NULL, 0,
				    NULL) != PAL_EBUSY)
			return true;
	return false;
}

static void *end_a_later(void *unused)
{
	usleep(300000);
	close(pal_descriptor(a));
	return unused;
}

/* All of b's threads are in calls of "a", until "a" ends. */
static void a_call_waits_for_threads_that_peers_have(void)
{
	pthread_t threads[PEER_THREADS], ending;
	int statuses[PEER_THREADS];

	REQUIRE(open_triangle());
	for (int i = 0; i < PEER_THREADS; i++)
		pthread_create(&threads[i], NULL, loop_in_b_by_a, &statuses[i]);
	while (has_idle_thread(b))
		usleep(1000);
	pthread_create(&ending, NULL, end_a_later, NULL);
	CHECK_EQ(call_way(b, "", NULL), 0);
	pthread_join(ending, NULL);
	for (int i = 0; i < PEER_THREADS; i++) {
		pthread_join(threads[i], NULL);
		CHECK_EQ(statuses[i], PAL_EDEAD);
	}
}

/* Its own program prints it, with the next call. */
static void what_a_pal_says_to_peers_is_printed_later(void)
{
	int file = memfd_create("stderr", 0), before = dup(2);
	char text[256] = "";

	a = open_named("a");
	b = open_image("peer_debug", "b");
	REQUIRE(a && b);
	fflush(stderr);
	dup2(file, 2);
	CHECK_EQ(call_to_act(a, "b", PEER_SPEAK, 0), 0);
	CHECK_EQ(lseek(file, 0, SEEK_END), 0);
	CHECK_EQ(call_way(b, "", NULL), 0);
	dup2(before, 2);
	CHECK(pread(file, text, sizeof(text) - 1, 0) > 0);
	CHECK(!strcmp(text, "[b] " PEER_WORDS));
	close(before);
	close(file);
}

/* ---- Requests past the runtime ------------------------------------------- */

static int64_t ask(const struct peer_raw *request)
{
	struct peer_raw_answer answer = {0};
	int status = pal_call_exact(a, PEER_RAW, request, sizeof(*request),
				    &answer, sizeof(answer));

	return status ? status : answer.status;
}

static const uint64_t not_its_own[] = {
	1,
	0x1000,
	PAL_IMAGE_END - 8,
	PAL_STACK_BASE,
	PAL_WINDOW_BASE,
	PAL_WINDOW_BASE + 0x1000,
	PAL_WINDOW_END - 1,
	PAL_IDENTITY_BASE + 0x1000,
	PAL_CALLER_BASE + PEER_THREADS * 0x1000,
	PAL_SPACE_END - 1,
	PAL_SPACE_END,
	PAL_SPACE_END + 0x1000,
	UINT64_C(1) << 47,
	UINT64_C(1) << 63,
	~UINT64_C(0),
	~UINT64_C(0xfff),
};

#define NOT_ITS_OWN_COUNT (sizeof(not_its_own) / sizeof(not_its_own[0]))

static struct peer_raw good_request(void)
{
	return (struct peer_raw){.call = {.name = "b",
					  .entry = PEER_IDENTITY,
					  .in_size = 16,
					  .out_capacity = 4096}};
}

static void arguments_are_only_taken_from_private_memory(void)
{
	REQUIRE(open_triangle());
	for (unsigned int i = 0; i < NOT_ITS_OWN_COUNT; i++) {
		struct peer_raw in = good_request(), out = good_request(),
				at = good_request();

		in.call.in = out.call.out = at.at = not_its_own[i];
		if (ask(&in) != HV_EINVAL || ask(&out) != HV_EINVAL ||
		    ask(&at) != HV_EINVAL)
			case_fail("0x%llx is taken: %lld, %lld, %lld",
				  (unsigned long long)not_its_own[i],
				  (long long)ask(&in), (long long)ask(&out),
				  (long long)ask(&at));
	}
}

static void results_do_not_go_where_the_caller_may_not_write(void)
{
	struct peer_raw request = good_request();

	REQUIRE(open_triangle());
	CHECK_EQ(ask(&request), HV_OK);
	request.call.out = PAL_IMAGE_BASE;
	CHECK_EQ(ask(&request), HV_EINVAL);
	request.call.out = PAL_IDENTITY_BASE;
	CHECK_EQ(ask(&request), HV_EINVAL);
	request.call.out = PAL_CALLER_BASE;
	CHECK_EQ(ask(&request), HV_EINVAL);
}

static void too_large_sizes_are_an_error(void)
{
	static const uint64_t sizes[] = {16385, 65537, UINT64_C(1) << 32,
					 ~UINT64_C(0)};

	REQUIRE(open_triangle());
	for (unsigned int i = 0; i < 4; i++) {
		struct peer_raw in = good_request(), out = good_request();

		in.call.in_size = sizes[i];
		CHECK_EQ(ask(&in), HV_EINVAL);
		out.call.out_capacity = sizes[i];
		if (sizes[i] > PAL_PEER_SIZE_MAX)
			CHECK_EQ(ask(&out), HV_EINVAL);
	}
	CHECK_EQ(call_way(a, "b c", NULL), 0);
}

static struct peer_fuzz_answer fuzz_sum;

/* A fuzzer may destroy itself: it has its own stack among its targets. */
static void fuzz_piece(uint64_t *seed)
{
	struct peer_fuzz request = {.count = FUZZ_PIECE,
				    .names = {"a", "b", "c", "nobody"}};
	struct peer_fuzz_answer answer;
	int status;

	request.seed = case_random(seed);
	status = pal_call_exact(a, PEER_FUZZ, &request, sizeof(request),
				&answer, sizeof(answer));
	if (status == PAL_EFAULT) {
		pal_close(a);
		a = open_named("a");
		return;
	}
	CHECK_EQ(status, 0);
	for (int i = 0; i < 16; i++)
		fuzz_sum.status_count[i] += answer.status_count[i];
	fuzz_sum.unknown_count += answer.unknown_count;
}

static uint64_t fuzz_count(void)
{
	uint64_t sum = 0;

	for (int i = 0; i < 16; i++)
		sum += fuzz_sum.status_count[i];
	return sum;
}

static void random_requests_break_nothing(void)
{
	uint64_t seed = 4711;

	REQUIRE(open_triangle());
	for (int i = 0; fuzz_count() < FUZZ_CALLS && i < FUZZ_CALLS; i++) {
		fuzz_piece(&seed);
		REQUIRE(a && !case_has_failed());
	}
	CHECK(fuzz_count() >= FUZZ_CALLS);
	CHECK_EQ(fuzz_sum.unknown_count, 0);
	CHECK(fuzz_sum.status_count[-HV_OK] > 0);
	CHECK(fuzz_sum.status_count[-HV_EINVAL] > 0);
	CHECK(fuzz_sum.status_count[-HV_ENOENT] > 0);
	CHECK(fuzz_sum.status_count[-HV_EPERM] > 0);
	CHECK(fuzz_sum.status_count[-HV_ELOOP] > 0);
	for (unsigned int i = 0; i < PEER_THREADS; i++) {
		struct peer_relay relay = {0};
		struct peer_answer answer;

		CHECK_EQ(pal_call_thread(b, i, PEER_RELAY, &relay,
					 sizeof(relay), &answer, sizeof(answer),
					 NULL),
			 0);
	}
	CHECK_EQ(call_way(b, "c", NULL), 0);
}

/* ---- Interrupts ---------------------------------------------------------- */

static volatile sig_atomic_t alarm_count;
static uint64_t wanted_value;

#define STEPS  400000
#define ROUNDS 12

static void on_alarm(int signal)
{
	(void)signal;
	alarm_count++;
}

static void *call_repeatedly(void *unused)
{
	struct peer_relay relay = relay_of("b c");
	struct peer_answer answer;

	(void)unused;
	relay.action = PEER_SPIN;
	relay.steps = STEPS;
	/* Longer where the rounds are over before the alarms come. */
	for (int i = 0; i < ROUNDS || (alarm_count <= 10 && i < 1000); i++) {
		CHECK_EQ(call_chain(a, &relay, &answer), 0);
		CHECK_EQ(answer.value, wanted_value + 2);
	}
	return NULL;
}

static void interrupted_chains_give_the_right_sums(void)
{
	const struct itimerval often = {{0, 500}, {0, 500}}, never = {0};
	pthread_t threads[PEER_THREADS];

	REQUIRE(open_triangle());
	wanted_value = 1;
	for (int i = 0; i < STEPS; i++)
		wanted_value = peer_step(wanted_value);
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < PEER_THREADS; i++)
		pthread_create(&threads[i], NULL, call_repeatedly, NULL);
	for (int i = 0; i < PEER_THREADS; i++)
		pthread_join(threads[i], NULL);
	setitimer(ITIMER_REAL, &never, NULL);
	case_note("%d alarms", (int)alarm_count);
	CHECK(alarm_count > 10);
}

/* ---- kill -9 ------------------------------------------------------------- */

/* A process that opens a PAL; it is open when this returns. */
static pid_t fork_opener(const char *name, void (*then)(struct pal *))
{
	int ready[2];
	pid_t child;
	char byte;

	if (pipe(ready))
		abort();
	child = fork();
	if (child == 0) {
		struct pal *pal = open_named(name);

		if (write(ready[1], "", 1) == 1 && pal && then)
			then(pal);
		for (;;)
			pause();
	}
	if (read(ready[0], &byte, 1) != 1)
		case_fail("no child");
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void end(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static volatile bool is_over;
static volatile unsigned int dead_count, gone_count, good_count;

static void *call_until_over(void *unused)
{
	(void)unused;
	while (!is_over) {
		int status = call_to_act(a, "b", PEER_SPIN, 100000);

		dead_count += status == PAL_PEER_EDEAD;
		gone_count += status == PAL_PEER_ENOENT;
		good_count += !status;
		if (status && status != PAL_PEER_EDEAD &&
		    status != PAL_PEER_ENOENT)
			case_fail("a call gave %d", status);
	}
	return NULL;
}

static void killing_the_peers_owner_is_an_error_for_the_caller(void)
{
	uint64_t random = 31;
	pthread_t thread;

	a = open_named("a");
	REQUIRE(a);
	pthread_create(&thread, NULL, call_until_over, NULL);
	/* More where none came in the middle of a call. */
	for (int i = 0; i < KILLS || !good_count || !dead_count; i++) {
		pid_t child = fork_opener("b", NULL);

		usleep((useconds_t)(case_random(&random) % 20000));
		end(child);
	}
	is_over = true;
	pthread_join(thread, NULL);
	case_note("%u good, %u dead, %u gone", good_count, dead_count,
		  gone_count);
	CHECK(case_wait_pal_count(1));
}

static void call_for_ever(struct pal *pal)
{
	for (;;)
		call_to_act(pal, "b c", PEER_SPIN, 100000);
}

static void killing_the_callers_owner_frees_its_peers(void)
{
	uint64_t random = 32;

	b = open_named("b");
	c = open_named("c");
	REQUIRE(b && c);
	for (int i = 0; i < KILLS; i++) {
		pid_t child = fork_opener("a", call_for_ever);

		usleep((useconds_t)(case_random(&random) % 20000));
		end(child);
	}
	CHECK(case_wait_pal_count(2));
	for (unsigned int i = 0; i < PEER_THREADS; i++) {
		struct peer_relay relay = {0};
		struct peer_answer answer;

		for (int peer = 0; peer < 2; peer++)
			CHECK_EQ(pal_call_thread(peer ? b : c, i, PEER_RELAY,
						 &relay, sizeof(relay), &answer,
						 sizeof(answer), NULL),
				 0);
	}
}

static void the_policy_is_there(void)
{
	CHECK(fresh_start(POLICY));
}

int main(int argc, char **argv)
{
	static char *all[] = {(char *)"", NULL};
	int status;

	case_begin(1, all);
	RUN(the_policy_is_there);
	status = case_end();
	case_begin(argc, argv);
	RUN(an_allowed_call_tells_who_calls);
	RUN(an_application_is_no_caller_with_identity);
	RUN(what_the_policy_does_not_name_is_not_called);
	RUN(a_pal_that_is_not_there_is_not_called);
	RUN(a_pal_that_accepts_no_peers_is_not_called);
	RUN(a_peer_without_a_free_thread_is_busy);
	RUN(a_cycle_is_an_error);
	RUN(a_chain_has_a_longest);
	RUN(a_caller_outlives_the_fault_of_its_peer);
	RUN(a_call_waits_for_threads_that_peers_have);
	RUN(what_a_pal_says_to_peers_is_printed_later);
	RUN(arguments_are_only_taken_from_private_memory);
	RUN(results_do_not_go_where_the_caller_may_not_write);
	RUN(too_large_sizes_are_an_error);
	RUN(random_requests_break_nothing);
	RUN(interrupted_chains_give_the_right_sums);
	RUN(killing_the_peers_owner_is_an_error_for_the_caller);
	RUN(killing_the_callers_owner_frees_its_peers);
	return fresh_restore(status | case_end());
}
