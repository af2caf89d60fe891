/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Goes at the notary's services: takes its name, and has programs seal without
 * end that are killed in the middle.  Judging and sealing must go on.
 */
#include <pal_host.h>
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
#define KILLS	  60
#define ROOT_SIZE 20

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

	REQUIRE(sealer);
	for (int i = 0; i < PROGRAMS; i++)
		programs[i] = start_program();
	for (int kills = 0; kills < KILLS; kills++) {
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

/* Stopped, a program keeps its thread of the notary: then others have none. */
static void stopped_callers_stop_nobody_for_good(void)
{
	pid_t programs[PROGRAMS];
	struct pal *sealer;

	for (int i = 0; i < PROGRAMS; i++)
		programs[i] = start_program();
	usleep(300000);
	for (int i = 0; i < PROGRAMS; i++)
		kill(programs[i], SIGSTOP);
	CHECK_EQ(case_good_pal_works(), 0);
	for (int i = 0; i < PROGRAMS; i++)
		end_program(programs[i]);
	sealer = open_image(IMAGES "sealer.pal");
	REQUIRE(sealer);
	CHECK_EQ(work(sealer, 10), 0);
	pal_close(sealer);
	CHECK(case_wait_pal_count(0));
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_false_notary_gets_no_calls);
	RUN(judging_and_sealing_survive_killed_callers);
	RUN(stopped_callers_stop_nobody_for_good);
	return case_end();
}
