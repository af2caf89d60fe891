/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Goes at the notary's services: takes its name, and has programs seal without
 * end that are killed in the middle.  Judging and sealing must go on.
 */
#include <pal_host.h>
#include <pal_seal.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../system/case.h"
#include "../system/pals/sealer.h"

#define IMAGES	  "/usr/lib/palisade/tests/"
#define PROGRAMS  6
#define KILLS_MOST 60
#define KILLS_PER_CPU 20
#define CALLERS	  24
#define ROOT_SIZE 20
#define SECRET	  30000
#define BLOB	  PAL_SEAL_BLOB_SIZE(SECRET)

static struct pal *open_image(const char *path)
{
	struct pal *pal = NULL;

	if (pal_open(path, &pal))
		case_fail("%s", pal_error_text());
	return pal;
}

static int work(struct pal *pal, uint32_t count)
{
	return pal_call(pal, SEALER_WORK, &count, sizeof(count), NULL, 0, NULL);
}

static void a_false_notary_gets_no_calls(void)
{
	struct pal *false_notary = open_image(IMAGES "false_notary.pal");
	struct pal *sealer = open_image(IMAGES "sealer.pal");
	char root[ROOT_SIZE];

	REQUIRE(false_notary && sealer);
	CHECK_EQ(pal_call(sealer, SEALER_ROOT, NULL, 0, root, sizeof(root),
			  NULL),
		 0);
	CHECK_EQ(work(sealer, 3), 0);
	pal_close(false_notary);
	pal_close(sealer);
}

static void *work_for_ever(void *pal)
{
	while (work(pal, 50) == 0)
		;
	return NULL;
}

static _Noreturn void be_a_program(void)
{
	struct pal *sealer = NULL;
	pthread_t worker;

	if (!pal_open(IMAGES "sealer.pal", &sealer)) {
		pthread_create(&worker, NULL, work_for_ever, sealer);
		work_for_ever(sealer);
	}
	_exit(0);
}

static pid_t start_program(void)
{
	pid_t pid = fork();

	if (!pid)
		be_a_program();
	return pid;
}

static void end_program(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void judging_and_sealing_survive_killed_callers(void)
{
	struct pal *sealer = open_image(IMAGES "sealer.pal");
	pid_t programs[PROGRAMS];
	uint64_t random = 11;
	int kill_count = KILLS_PER_CPU * (int)sysconf(_SC_NPROCESSORS_ONLN);

	if (kill_count > KILLS_MOST)
		kill_count = KILLS_MOST;
	REQUIRE(sealer);
	for (int i = 0; i < PROGRAMS; i++)
		programs[i] = start_program();
	for (int kills = 0; kills < kill_count; kills++) {
		int i = (int)(case_random(&random) % PROGRAMS);

		usleep((useconds_t)(case_random(&random) % 20000));
		end_program(programs[i]);
		programs[i] = start_program();
		if (kills % 10 == 0)
			CHECK_EQ(case_good_pal_works(), 0);
	}
	for (int i = 0; i < PROGRAMS; i++)
		end_program(programs[i]);
	CHECK_EQ(work(sealer, 10), 0);
	CHECK_EQ(case_good_pal_works(), 0);
	pal_close(sealer);
	CHECK(case_wait_pal_count(0));
}

/* Long pieces, so that a program is in the notary for most of its time. */
static int seal_much(struct pal *sealer)
{
	static struct {
		struct sealer_request request;
		char secret[SECRET];
	} in = {
		.request.binding = PAL_SEAL_TO_MEASUREMENT,
		.request.capacity = BLOB,
	};
	static char blob[BLOB];
	size_t size;

	return pal_call(sealer, SEALER_SEAL, &in, sizeof(in), blob,
			sizeof(blob), &size);
}

static _Noreturn void seal_until_it_fails(void)
{
	struct pal *sealer = NULL;

	if (!pal_open(IMAGES "sealer.pal", &sealer))
		while (seal_much(sealer) == 0)
			;
	_exit(1);
}

static void signal_callers(const pid_t callers[CALLERS], int number)
{
	for (int i = 0; i < CALLERS; i++)
		kill(callers[i], number);
}

/* Most of them are in the notary then, more than it has threads. */
static void start_and_stop_callers(pid_t callers[CALLERS])
{
	for (int i = 0; i < CALLERS; i++) {
		callers[i] = fork();
		if (!callers[i])
			seal_until_it_fails();
	}
	CHECK(case_wait_pal_count(CALLERS));
	usleep(500000);
	signal_callers(callers, SIGSTOP);
}

/* And what was taken from them meanwhile they do again. */
static void stopped_callers_stop_nobody(void)
{
	pid_t callers[CALLERS];
	struct pal *sealer;

	start_and_stop_callers(callers);
	CHECK_EQ(case_good_pal_works(), 0);
	sealer = open_image(IMAGES "sealer.pal");
	REQUIRE(sealer);
	CHECK_EQ(work(sealer, CALLERS), 0);
	pal_close(sealer);
	signal_callers(callers, SIGCONT);
	usleep(500000);
	for (int i = 0; i < CALLERS; i++)
		CHECK_EQ(waitpid(callers[i], NULL, WNOHANG), 0);
	for (int i = 0; i < CALLERS; i++)
		end_program(callers[i]);
	CHECK(case_wait_pal_count(0));
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_false_notary_gets_no_calls);
	RUN(judging_and_sealing_survive_killed_callers);
	RUN(stopped_callers_stop_nobody);
	return case_end();
}
