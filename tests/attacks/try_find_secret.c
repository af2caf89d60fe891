/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searches all of RAM for a PAL's secret: while the PAL works, and after each
 * way in which a PAL can end.
 */
#include <pal_host.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../system/case.h"
#include "common_hostile.h"
#include "secret.h"

#define ROUNDS UINT64_C(2000000)

static uint8_t masked[SECRET_SIZE];
static atomic_int is_over;

static struct pal *open_secret(void)
{
	struct pal *pal = NULL;

	if (pal_open(SECRET_IMAGE, &pal) ||
	    pal_call(pal, SECRET_MAKE, NULL, 0, masked, sizeof(masked), NULL))
		case_fail("%s", pal_error_text());
	return pal;
}

static uint64_t find(void)
{
	struct attack_find order;

	memcpy(order.masked, masked, sizeof(masked));
	CHECK_EQ(hostile_order(ATTACK_FIND, &order), 0);
	CHECK(order.read_count > 0);
	return order.found_count;
}

static void *work(void *pal)
{
	uint64_t rounds = ROUNDS;

	while (!is_over)
		if (pal_call(pal, SECRET_WORK, &rounds, sizeof(rounds), NULL, 0,
			     NULL))
			case_fail("%s", pal_error_text());
	return NULL;
}

static void a_working_pals_secret_is_not_found(void)
{
	struct pal *pal = open_secret();
	uint8_t secret[SECRET_SIZE];
	pthread_t workers[2];

	REQUIRE(pal);
	for (int i = 0; i < 2; i++)
		pthread_create(&workers[i], NULL, work, pal);
	usleep(200000);
	CHECK_EQ(find(), 0);
	CHECK_EQ(find(), 0);
	is_over = true;
	for (int i = 0; i < 2; i++)
		pthread_join(workers[i], NULL);
	CHECK_EQ(pal_call(pal, SECRET_REVEAL, NULL, 0, secret, sizeof(secret),
			  NULL),
		 0);
	CHECK(find() > 0); /* so the search works */
}

static void a_closed_pals_secret_is_not_found(void)
{
	pal_close(open_secret());
	CHECK(case_wait_pal_count(0));
	CHECK_EQ(find(), 0);
}

static void a_faulted_pals_secret_is_not_found(void)
{
	struct pal *pal = open_secret();

	REQUIRE(pal);
	CHECK_EQ(pal_call(pal, SECRET_FAULT, NULL, 0, NULL, 0, NULL),
		 PAL_EFAULT);
	CHECK_EQ(find(), 0);
}

static void tell_and_work(int to)
{
	struct pal *pal = open_secret();

	if (write(to, masked, sizeof(masked)) != sizeof(masked))
		_exit(1);
	work(pal);
}

static void a_killed_programs_secret_is_not_found(void)
{
	int ends[2];
	pid_t child;

	REQUIRE(!pipe(ends));
	child = fork();
	if (!child)
		tell_and_work(ends[1]);
	CHECK_EQ(read(ends[0], masked, sizeof(masked)), sizeof(masked));
	usleep(100000);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	CHECK(case_wait_pal_count(0));
	CHECK_EQ(find(), 0);
}

static void nothing_is_found_when_the_hypervisor_was_ended(void)
{
	struct attack_refused refused;
	struct pal *pal;

	if (hostile_was_before_linux())
		case_skip("it was there before Linux, and stays");
	pal = open_secret();
	REQUIRE(pal);
	CHECK_EQ(system("pal disable --force >/dev/null"), 0);
	CHECK_EQ(find(), 0);
	CHECK_EQ(hostile_order(ATTACK_REFUSED, &refused), 0);
	CHECK_EQ(refused.refused_count, 0); /* all of RAM was searched */
	CHECK_EQ(system("pal enable --serial 0x3f8 >/dev/null"), 0);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_working_pals_secret_is_not_found);
	RUN(a_closed_pals_secret_is_not_found);
	RUN(a_faulted_pals_secret_is_not_found);
	RUN(a_killed_programs_secret_is_not_found);
	RUN(nothing_is_found_when_the_hypervisor_was_ended);
	return case_end();
}
