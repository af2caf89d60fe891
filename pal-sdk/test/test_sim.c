/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulator, through libpal's own calls.  Usage: test_sim FOLDER */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "abi/hypercall.h"
#include "abi/pal_image.h"
#include "host/instance.h"
#include "host/sim.h"
#include "pal_host.h"
#include "sim_entries.h"
#include "stderr_of.h"
#include "tap.h"

static char debug_image[4096], quiet_image[4096];

static struct pal *open_one(const char *path)
{
	struct pal *pal = NULL;

	CHECK(pal_open(path, &pal) == 0);
	if (!pal) {
		printf("Bail out! %s\n", pal_error_text());
		exit(1);
	}
	return pal;
}

static int call(struct pal *pal, unsigned int entry)
{
	return pal_call(pal, entry, NULL, 0, NULL, 0, NULL);
}

static void a_call_carries_input_and_output(void)
{
	struct pal *pal = open_one(debug_image);
	char text[8] = "-------";
	unsigned int number = 0;
	size_t size = 0;

	CHECK(pal_call(pal, SIM_REVERSE, "abc", 3, text, 7, &size) == 0);
	CHECK(size == 3 && !strcmp(text, "cba----"));
	for (unsigned int i = 1; i < 100; i++) {
		CHECK(pal_call(pal, SIM_COUNT, NULL, 0, &number, sizeof(number),
			       NULL) == 0);
		CHECK(number == i);
	}
	CHECK(call(pal, 99) == PAL_STATUS_BAD_ENTRY);
	CHECK(pal_is_simulated(pal) && pal_descriptor(pal) == -1);
	pal_close(pal);
}

static void two_pals_are_two_worlds(void)
{
	struct pal *one = open_one(debug_image), *two = open_one(quiet_image);
	unsigned int number = 0;

	CHECK(call(one, SIM_FAULT) == PAL_EFAULT);
	CHECK(pal_call(two, SIM_COUNT, NULL, 0, &number, sizeof(number),
		       NULL) == 0 &&
	      number == 1);
	pal_close(one);
	pal_close(two);
}

static void an_unknown_backend_is_refused(void)
{
	struct pal *pal;

	setenv("PAL_BACKEND", "fpga", 1);
	CHECK(pal_open(debug_image, &pal) == PAL_EINVAL);
	CHECK(strstr(pal_error_text(), "fpga"));
	setenv("PAL_BACKEND", "sim", 1);
}

static void speak(struct pal *pal)
{
	CHECK(pal_call(pal, SIM_SPEAK, "\2hi \33", 5, NULL, 0, NULL) == 0);
	CHECK(pal_call(pal, SIM_SPEAK, "\1ho", 3, NULL, 0, NULL) == 0);
}

static void speak_much(struct pal *pal)
{
	CHECK(pal_call(pal, SIM_SPEAK, "\377 a line of some length", 24, NULL,
		       0, NULL) == 0);
}

static void break_rule(struct pal *pal)
{
	CHECK(call(pal, SIM_FAULT) == PAL_EFAULT);
}

static void only_a_debug_pal_speaks(void)
{
	struct pal *loud = open_one(debug_image);
	struct pal *quiet = open_one(quiet_image);
	const char *text = stderr_of(speak, loud);

	CHECK(!strcmp(text, "[sim-test] 0 hi ?\n[sim-test] 1 hi ?\n"
			    "[sim-test] 0 ho\n"));
	text = stderr_of(speak_much, loud);
	CHECK(strstr(text, "bytes of log are lost") && strlen(text) < 8000);
	CHECK(strstr(stderr_of(break_rule, loud), "[sim-test] about to fault"));
	CHECK(!*stderr_of(speak, quiet));
	CHECK(!*stderr_of(break_rule, quiet));
	pal_close(loud);
	pal_close(quiet);
}

static void a_fault_is_told_and_the_pal_stays_dead(void)
{
	struct pal *pal = open_one(debug_image);
	struct pal_fault fault;
	uint64_t frames[PAL_BACKTRACE_MAX];

	CHECK(!pal_backtrace(pal, frames, PAL_BACKTRACE_MAX));
	CHECK(call(pal, SIM_FAULT) == PAL_EFAULT);
	CHECK(call(pal, SIM_COUNT) == PAL_EDEAD);
	CHECK(pal_last_fault(pal, &fault) == 0);
	CHECK(fault.kind == PAL_FAULT_MEMORY && fault.detail == PAL_ACCESS_W &&
	      fault.address == 0x30000000);
	CHECK(pal_backtrace(pal, frames, PAL_BACKTRACE_MAX) >= 4);
	CHECK(frames[0] == fault.offset && frames[1] > frames[0]);
	CHECK(pal_backtrace(pal, frames, 2) == 2);
	pal_close(pal);
}

static void no_debug_no_address(void)
{
	struct pal *pal = open_one(quiet_image);
	struct pal_fault fault;
	uint64_t frames[PAL_BACKTRACE_MAX];

	CHECK(call(pal, SIM_FAULT) == PAL_EFAULT);
	CHECK(pal_last_fault(pal, &fault) == 0 && fault.offset &&
	      !fault.address);
	CHECK(pal_backtrace(pal, frames, PAL_BACKTRACE_MAX) == 1);
	pal_close(pal);
}

static void a_pal_has_no_system_calls(void)
{
	struct pal *pal = open_one(debug_image);
	struct pal_fault fault;

	CHECK(call(pal, SIM_SYSTEM_CALL) == PAL_EFAULT);
	CHECK(pal_last_fault(pal, &fault) == 0 &&
	      fault.kind == PAL_FAULT_EXCEPTION && fault.detail == 6);
	pal_close(pal);
	pal = open_one(debug_image);
	CHECK(pal_call(pal, SIM_SYSTEM_CALL, "x", 1, NULL, 0, NULL) ==
	      PAL_EFAULT);
	CHECK(pal_last_fault(pal, &fault) == 0 &&
	      fault.kind == PAL_FAULT_INSTRUCTION &&
	      fault.detail == PAL_INSN_INT);
	pal_close(pal);
}

static void a_pal_knows_who_it_is(void)
{
	struct pal *pal = open_one(debug_image);
	struct pal_identity identity;
	static const uint8_t zeros[48];

	CHECK(pal_call(pal, SIM_IDENTITY, NULL, 0, &identity, sizeof(identity),
		       NULL) == 0);
	CHECK(!strcmp(identity.name, "sim-test"));
	CHECK(identity.flags == (PAL_IDENTITY_SIMULATED | PAL_IDENTITY_DEBUG));
	CHECK(memcmp(identity.measurement, zeros, 48) &&
	      !memcmp(identity.signer, zeros, 48));
	pal_close(pal);
}

static void *meet(void *pal)
{
	return (void *)(intptr_t)call(pal, SIM_MEET);
}

static void all_threads_run_at_once(void)
{
	struct pal *pal = open_one(debug_image);
	pthread_t threads[SIM_TEST_THREADS];

	for (int i = 0; i < SIM_TEST_THREADS; i++)
		CHECK(!pthread_create(&threads[i], NULL, meet, pal));
	for (int i = 0; i < SIM_TEST_THREADS; i++) {
		void *status;

		CHECK(!pthread_join(threads[i], &status) && !status);
	}
	CHECK(pal_call_thread(pal, 3, SIM_COUNT, NULL, 0, NULL, 0, NULL) == -1);
	pal_close(pal);
}

static void *loop(void *pal)
{
	return (void *)(intptr_t)call(pal, SIM_LOOP);
}

static void the_death_of_one_thread_ends_all(void)
{
	struct pal *pal = open_one(debug_image);
	struct pal_fault fault;
	int one, other;
	pthread_t thread;
	void *status;

	CHECK(!pthread_create(&thread, NULL, loop, pal));
	usleep(20000);
	CHECK(pal_call_thread(pal, 0, SIM_COUNT, NULL, 0, NULL, 0, NULL) ==
	      PAL_EBUSY);
	one = call(pal, SIM_FAULT);
	CHECK(!pthread_join(thread, &status));
	other = (int)(intptr_t)status;
	CHECK(one == PAL_EFAULT && other == PAL_EDEAD);
	CHECK(pal_last_fault(pal, &fault) == 0 &&
	      fault.kind == PAL_FAULT_MEMORY);
	pal_close(pal);
}

static void a_killed_process_is_a_dead_pal(void)
{
	struct pal *pal = open_one(debug_image);
	struct pal_fault fault;
	pthread_t thread;
	void *status;

	CHECK(!pthread_create(&thread, NULL, loop, pal));
	usleep(20000);
	CHECK(!kill(sim_pid(pal->sim), SIGKILL));
	CHECK(!pthread_join(thread, &status));
	CHECK((intptr_t)status == PAL_EDEAD);
	CHECK(pal_last_fault(pal, &fault) == 0 &&
	      fault.kind == PAL_FAULT_KILLED);
	CHECK(call(pal, SIM_COUNT) == PAL_EDEAD);
	pal_close(pal);
}

static void a_data_window_is_shared(void)
{
	struct pal *pal;
	unsigned char *data;
	uint64_t sum = 0;

	CHECK(pal_open_with_data(debug_image, 100000, &pal) == 0);
	data = pal_data(pal);
	memset(data, 1, 100000);
	CHECK(pal_call(pal, SIM_SUM_DATA, NULL, 0, &sum, sizeof(sum), NULL) ==
		      0 &&
	      sum == 100000);
	data[50000] = 101;
	CHECK(pal_call(pal, SIM_SUM_DATA, NULL, 0, &sum, sizeof(sum), NULL) ==
		      0 &&
	      sum == 100100);
	pal_close(pal);
	pal = open_one(debug_image);
	CHECK(pal_call(pal, SIM_SUM_DATA, NULL, 0, &sum, sizeof(sum), NULL) ==
		      0 &&
	      sum == 0);
	pal_close(pal);
}

static void a_forked_child_leaves_the_pal_alone(void)
{
	struct pal *pal = open_one(debug_image);
	int status = 0;
	pid_t child = fork();

	if (!child) {
		status = call(pal, SIM_COUNT);
		pal_close(pal);
		_exit(status == PAL_EPERM ? 42 : 1);
	}
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	CHECK(pal_call(pal, SIM_REVERSE, NULL, 0, NULL, 0, NULL) == 0);
	pal_close(pal);
}

/* ---- What is left ---------------------------------------------------------*/

static int open_file_count(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	while (folder && readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static void closing_leaves_nothing(void)
{
	int before = open_file_count();

	for (int i = 0; i < 20; i++) {
		struct pal *pal = open_one(i % 2 ? debug_image : quiet_image);

		CHECK(call(pal, i % 3 ? SIM_MEET + 90 : SIM_FAULT) < 0);
		pal_close(pal);
	}
	CHECK(open_file_count() == before);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

/* A process that runs; one that waits to be reaped does not. */
static bool is_running(pid_t pid)
{
	char path[64], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(file);
	return state && state != 'Z' && state != 'X';
}

/* In a program of its own, which never ends by itself. */
static void open_and_stay(int to, bool is_calling)
{
	struct pal *pal = open_one(debug_image);
	int pid = sim_pid(pal->sim);

	if (write(to, &pid, sizeof(pid)) != sizeof(pid))
		_exit(1);
	if (is_calling)
		call(pal, SIM_LOOP);
	for (;;)
		pause();
}

static void killed_while(bool is_calling)
{
	int pipes[2], pid = 0, tries = 0;
	pid_t program;

	CHECK(!pipe(pipes));
	program = fork();
	if (!program)
		open_and_stay(pipes[1], is_calling);
	CHECK(read(pipes[0], &pid, sizeof(pid)) == sizeof(pid));
	CHECK(is_running(pid));
	usleep(10000);
	CHECK(!kill(program, SIGKILL));
	CHECK(waitpid(program, NULL, 0) == program);
	while (is_running(pid) && tries++ < 200)
		usleep(10000);
	CHECK(!is_running(pid));
	close(pipes[0]);
	close(pipes[1]);
}

static void a_killed_program_takes_its_pal_along(void)
{
	killed_while(false);
	killed_while(true);
}

static int signal_count;

static void count_signal(int number)
{
	(void)number;
	signal_count++;
}

static void *interrupt(void *program)
{
	for (int i = 0; i < 50; i++) {
		usleep(1000);
		pthread_kill(*(pthread_t *)program, SIGUSR1);
	}
	return NULL;
}

static void signals_do_not_disturb(void)
{
	struct sigaction action = {.sa_handler = count_signal};
	struct pal *pal = open_one(debug_image);
	pthread_t self = pthread_self(), thread;
	char text[4096];

	memset(text, 'x', sizeof(text));
	sigaction(SIGUSR1, &action, NULL);
	CHECK(!pthread_create(&thread, NULL, interrupt, &self));
	while (signal_count < 40)
		CHECK(pal_call(pal, SIM_REVERSE, text, sizeof(text), text,
			       sizeof(text), NULL) == 0);
	CHECK(!pthread_join(thread, NULL));
	pal_close(pal);
}

int main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : ".";

	snprintf(debug_image, sizeof(debug_image), "%s/sim.pal", folder);
	snprintf(quiet_image, sizeof(quiet_image), "%s/sim_quiet.pal", folder);
	setenv("PAL_BACKEND", "sim", 1);
	setenv("PAL_SIM_QUIET", "1", 1);
	unsetenv("PAL_SIM_POLICY");
	RUN(a_call_carries_input_and_output);
	RUN(two_pals_are_two_worlds);
	RUN(an_unknown_backend_is_refused);
	RUN(only_a_debug_pal_speaks);
	RUN(a_fault_is_told_and_the_pal_stays_dead);
	RUN(no_debug_no_address);
	RUN(a_pal_has_no_system_calls);
	RUN(a_pal_knows_who_it_is);
	RUN(all_threads_run_at_once);
	RUN(the_death_of_one_thread_ends_all);
	RUN(a_killed_process_is_a_dead_pal);
	RUN(a_data_window_is_shared);
	RUN(a_forked_child_leaves_the_pal_alone);
	RUN(closing_leaves_nothing);
	RUN(a_killed_program_takes_its_pal_along);
	RUN(signals_do_not_disturb);
	return TAP_END();
}
