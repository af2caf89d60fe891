/* SPDX-License-Identifier: BSD-2-Clause */
/* While the notary judges, Linux goes on; and whoever wants to go, goes. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "case.h"
#include "cpu.h"
#include "fresh.h"
#include "pals/peer.h"

#define MIB	((size_t)1 << 20)
#define KILLS	30
#define TICK_NS 4000000

static unsigned char *image;
static size_t image_size;

/* "peer" with so much in the file's part of its last segment. */
static void make_image(size_t data_size)
{
	size_t size;
	unsigned char *small = case_image("peer", &size);
	struct pal_image_header *header = (void *)small;
	struct pal_image_segment *last =
		&header->segments[header->segment_count - 1];
	uint64_t random = 99;

	image_size = size - last->file_size + data_size;
	image = malloc(image_size);
	if (!image)
		abort();
	last->file_size = last->memory_size = data_size;
	header->image_size = image_size;
	memcpy(image, small, size);
	memset(image + size, 0x5a, image_size - size);
	for (size_t at = size; at + 8 < image_size; at += PAL_PAGE_SIZE)
		*(uint64_t *)(void *)(image + at) = case_random(&random);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static volatile bool is_over;
static volatile int64_t tick_count, longest_ns;

static void *tick(void *unused)
{
	const struct timespec pause = {0, TICK_NS};
	int64_t last = now_ns();

	(void)unused;
	while (!is_over) {
		int64_t now;

		nanosleep(&pause, NULL);
		now = now_ns();
		if (now - last > longest_ns)
			longest_ns = now - last;
		last = now;
		tick_count++;
	}
	return NULL;
}

/* Whether at least a quarter of the ticks came: the host may be busy, too. */
static bool ticks_came_meanwhile(void)
{
	struct pal *pal = NULL;
	int64_t start = now_ns(), end;

	tick_count = longest_ns = 0;
	CHECK_EQ(pal_open_image(image, image_size, &pal), 0);
	end = now_ns();
	case_note("%lld ticks in %lld ms, at most %lld ms apart",
		  (long long)tick_count, (long long)((end - start) / 1000000),
		  (long long)(longest_ns / 1000000));
	pal_close(pal);
	return tick_count >= 10 && tick_count >= (end - start) / TICK_NS / 4;
}

/* When the host stops the machine for a while, that is no tick's fault. */
static void a_timer_goes_on_while_64_mib_are_judged(void)
{
	bool came = false;
	pthread_t ticker;

	make_image(64 * MIB);
	cpu_pin(0);
	pthread_create(&ticker, NULL, tick, NULL);
	for (int i = 0; i < 10 && !came && !case_has_failed(); i++)
		came = ticks_came_meanwhile();
	CHECK(came);
	is_over = true;
	pthread_join(ticker, NULL);
}

_Noreturn static void open_for_ever(void)
{
	for (;;) {
		struct pal *pal;

		if (!pal_open_image(image, image_size, &pal))
			pal_close(pal);
	}
}

static void killing_a_process_ends_the_judgement(void)
{
	uint64_t random = 12;
	struct pal *pal;
	int64_t start = now_ns(), open_us;

	make_image(8 * MIB);
	CHECK_EQ(pal_open_image(image, image_size, &pal), 0);
	open_us = (now_ns() - start) / 1000;
	pal_close(pal);
	for (int i = 0; i < KILLS; i++) {
		pid_t child = fork();

		if (child == 0)
			open_for_ever();
		usleep((useconds_t)(case_random(&random) % (uint64_t)open_us));
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	CHECK(case_wait_pal_count(0));
	CHECK_EQ(case_good_pal_works(), 0);
}

static void others_go_on_while_a_pal_is_judged(void)
{
	pid_t child;
	struct pal *pal = case_open("peer");
	struct pal_identity identity;

	REQUIRE(pal);
	make_image(8 * MIB);
	child = fork();
	if (child == 0)
		open_for_ever();
	for (int i = 0; i < 10; i++) {
		CHECK_EQ(pal_call_exact(pal, PEER_IDENTITY, NULL, 0, &identity,
					sizeof(identity)),
			 0);
		CHECK_EQ(case_good_pal_works(), 0);
	}
	pal_close(pal);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void open_and_call(void)
{
	for (int i = 0; i < 8; i++)
		if (case_good_pal_works())
			_exit(1);
	_exit(0);
}

static void stay_on_cpu_1(void)
{
	cpu_pin(sysconf(_SC_NPROCESSORS_ONLN) > 1);
}

static pid_t start_hog(void)
{
	pid_t child = fork();

	if (child == 0) {
		stay_on_cpu_1();
		for (;;)
			;
	}
	return child;
}

/* One that gets next to no time, in the middle of its judgement. */
static void a_starved_process_delays_nobody(void)
{
	const struct sched_param none = {0};
	pid_t hog, child = fork();

	if (child == 0) {
		stay_on_cpu_1();
		make_image(64 * MIB);
		open_for_ever();
	}
	CHECK(case_wait_pal_count(1));
	usleep(100000);
	hog = start_hog();
	CHECK_EQ(sched_setscheduler(child, SCHED_IDLE, &none), 0);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(case_good_pal_works(), 0);
	kill(child, SIGKILL);
	kill(hog, SIGKILL);
	waitpid(hog, NULL, 0);
	waitpid(child, NULL, 0);
	CHECK(case_wait_pal_count(0));
}

static void many_processes_open_pals_at_once(void)
{
	pid_t children[24];
	int status;

	for (int i = 0; i < 24; i++) {
		children[i] = fork();
		if (children[i] == 0)
			open_and_call();
	}
	for (int i = 0; i < 24; i++) {
		waitpid(children[i], &status, 0);
		CHECK_EQ(status, 0);
	}
}

static void the_hypervisor_ends_while_a_pal_is_judged(void)
{
	uint64_t random = 77;
	pid_t child;

	make_image(8 * MIB);
	child = fork();
	if (child == 0)
		open_for_ever();
	for (int i = 0; i < 8 && !case_has_failed(); i++) {
		usleep((useconds_t)(case_random(&random) % 200000));
		fresh_do("pal disable --force >/dev/null");
		fresh_restore(0);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	CHECK(case_wait_pal_count(0));
	CHECK_EQ(case_good_pal_works(), 0);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_timer_goes_on_while_64_mib_are_judged);
	RUN(killing_a_process_ends_the_judgement);
	RUN(others_go_on_while_a_pal_is_judged);
	RUN(a_starved_process_delays_nobody);
	RUN(many_processes_open_pals_at_once);
	RUN(the_hypervisor_ends_while_a_pal_is_judged);
	return case_end();
}
