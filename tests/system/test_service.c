/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pald, for users who have no right to the device: started by its first client,
 * as systemd does, and as a user of its own.
 */
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "abi/ioctl.h"
#include "case.h"
#include "fresh.h"
#include "host/pald_protocol.h"
#include "pal_service.h"
#include "pals/worker.h"

#define FOLDER	    "/run/palisade/"
#define CONFIG	    FOLDER "pald.conf"
#define BLOCKS	    FOLDER "blocks/"
#define SERVICE	    900 /* the group that may open the device; a user, too */
#define ALLOWED	    1001
#define STRANGER    65534
#define LISTENER    3 /* where systemd passes it */
#define TEXT_SIZE   400
#define KILL_COUNT  10
#define CALLER_MAX  8
#define CALL_COUNT  25
#define OTHER_COUNT 200

/* ---- The service --------------------------------------------------------- */

static void become(uid_t id)
{
	if (setgroups(0, NULL) || setgid(id) || setuid(id))
		_exit(126);
}

/* What pald.service and pald.socket say. */
_Noreturn static void activate(int listener)
{
	const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	struct pollfd first = {.fd = listener, .events = POLLIN};
	char pid[16];

	poll(&first, 1, -1);
	setrlimit(RLIMIT_MEMLOCK, &all);
	become(SERVICE);
	snprintf(pid, sizeof(pid), "%d", getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "1", 1);
	if (dup2(listener, LISTENER) != LISTENER)
		_exit(126);
	execl("/usr/sbin/pald", "pald", "-c", CONFIG, NULL);
	_exit(127);
}

static int listen_there(void)
{
	struct sockaddr_un address = {AF_UNIX, PALD_SOCKET};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	unlink(PALD_SOCKET);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
	    chmod(PALD_SOCKET, 0666) || listen(listener, 4096))
		case_fail("no socket at " PALD_SOCKET);
	return listener;
}

/* With these lines of pald.conf besides.  It ends with the case. */
static pid_t start_service(const char *lines)
{
	FILE *config;
	int listener;
	pid_t pid;

	mkdir(FOLDER, 0755);
	mkdir(BLOCKS, 0755);
	config = fopen(CONFIG, "w");
	if (!config)
		abort();
	fprintf(config,
		"directory " BLOCKS "\ndirectory /usr/lib/palisade\n"
		"directory " CASE_FOLDER "\n"
		"allow user %d block hello\nallow user %d block worker\n%s",
		ALLOWED, ALLOWED, lines);
	fclose(config);
	/* As the udev rule has it. */
	if (chown(PALISADE_DEVICE, 0, SERVICE))
		case_fail("no " PALISADE_DEVICE);
	listener = listen_there();
	pid = fork();
	if (pid == 0)
		activate(listener);
	close(listener);
	return pid;
}

/* ---- Its clients --------------------------------------------------------- */

/* Who connects is whom pald sees. */
static struct pald *connect_as(uid_t id)
{
	struct pald *service = NULL;

	if (setegid(id) || seteuid(id) || pald_connect(NULL, &service) ||
	    seteuid(0) || setegid(0)) {
		case_fail("cannot connect as %d: %s", (int)id,
			  pal_error_text());
		_exit(0);
	}
	return service;
}

static int open_worker(struct pald *service, uint32_t *handle)
{
	struct pald_block block = {0};
	int status = pald_open(service, "worker", &block);

	*handle = block.handle;
	return status;
}

static int add_one(struct pald *service, uint32_t handle, uint64_t *number)
{
	return pald_call(service, handle, WORKER_ADD_ONE, number,
			 sizeof(*number), number, sizeof(*number), NULL);
}

static void check_it_works(struct pald *service)
{
	uint64_t number = 41;
	uint32_t handle;

	CHECK_EQ(open_worker(service, &handle), 0);
	CHECK_EQ(add_one(service, handle, &number), 0);
	CHECK_EQ(number, 42);
	CHECK_EQ(pald_close(service, handle), 0);
}

/* Run a shell's command; returns its status and what it printed. */
static int run_as(uid_t id, const char *command, char text[TEXT_SIZE])
{
	size_t size = 0;
	ssize_t got;
	int ends[2], status;
	pid_t child;

	if (pipe(ends))
		abort();
	child = fork();
	if (child == 0) {
		become(id);
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	close(ends[1]);
	while ((got = read(ends[0], text + size, TEXT_SIZE - 1 - size)) > 0)
		size += (size_t)got;
	text[size] = '\0';
	close(ends[0]);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* 4 KiB each; what PALs have of the pool. */
static uint64_t pages_in_use(void)
{
	struct palisade_info info = {.size = sizeof(info)};
	int device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);

	if (ioctl(device, PALISADE_INFO, &info))
		case_fail("no information");
	close(device);
	return info.memory.pool_blocks * 512 - info.memory.pool_free_pages;
}

/* ---- Cases: who ---------------------------------------------------------- */

static void who_may_not_open_the_device_runs_a_block(void)
{
	char text[TEXT_SIZE];

	start_service("");
	CHECK(run_as(ALLOWED, "pal run -n /usr/lib/palisade/hello.pal", text));
	if (!strstr(text, PALISADE_DEVICE))
		case_fail("it said: %s", text);
	CHECK_EQ(run_as(ALLOWED,
			"{ printf Ada; head -c 97 /dev/zero; } | "
			"pal run --service hello",
			text),
		 0);
	if (strcmp(text, "Hello Ada, you are number 1."))
		case_fail("it said: %s", text);
}

static void whom_no_line_allows_gets_nothing(void)
{
	const uid_t strangers[] = {STRANGER, 1000, 0};
	struct pald_block block;
	struct pald *service;

	start_service("allow user 1000 block hello\n");
	for (size_t i = 0; i < sizeof(strangers) / sizeof(*strangers); i++) {
		service = connect_as(strangers[i]);
		CHECK_EQ(pald_open(service, "worker", &block), PAL_EPERM);
		pald_disconnect(service);
	}
	service = connect_as(ALLOWED);
	CHECK_EQ(pald_open(service, "good", &block), PAL_EPERM);
	check_it_works(service);
}

/* Unsigned, then signed by the owner's authority. */
static void the_policy_holds_for_the_service(void)
{
	uint32_t handle;
	struct pald *service;

	start_service("");
	REQUIRE(fresh_do("pal keygen -o our.key -p our.pem >/dev/null && rm -f "
			 BLOCKS "worker.pal"));
	REQUIRE(fresh_start("mode certified\nauthority us our.pem\n"));
	REQUIRE(chown(PALISADE_DEVICE, 0, SERVICE) == 0);
	service = connect_as(ALLOWED);
	CHECK_EQ(open_worker(service, &handle), PAL_EPOLICY);
	CHECK(strstr(pal_error_text(), "not signed"));
	CHECK_EQ(case_pal_count(), 0);
	REQUIRE(fresh_do("cp " CASE_FOLDER "worker.pal " BLOCKS
			 " && pal sign -k our.key " BLOCKS "worker.pal"));
	check_it_works(service);
	unlink(BLOCKS "worker.pal");
}

/* ---- Cases: how much ----------------------------------------------------- */

static void a_user_has_no_more_pals_than_the_limit(void)
{
	uint32_t handles[4];
	struct pald *services[2];

	start_service("limit pals 3\n");
	services[0] = connect_as(ALLOWED);
	services[1] = connect_as(ALLOWED);
	for (int i = 0; i < 3; i++)
		CHECK_EQ(open_worker(services[i % 2], &handles[i]), 0);
	CHECK_EQ(open_worker(services[0], &handles[3]), PALD_EBUSY);
	CHECK_EQ(case_pal_count(), 3);
	CHECK_EQ(pald_close(services[1], handles[1]), 0);
	CHECK_EQ(case_pal_count(), 2);
	check_it_works(services[0]);
}

static void a_user_has_no_more_memory_than_the_limit(void)
{
	struct pald *service;
	uint32_t handle;
	int count = 0, status;

	start_service("limit memory 4M\nlimit pals 64\n");
	service = connect_as(ALLOWED);
	while ((status = open_worker(service, &handle)) == 0)
		count++;
	CHECK_EQ(status, PALD_EBUSY);
	CHECK(strstr(pal_error_text(), "4194304 are the limit"));
	CHECK(count > 0 && count < 64);
	CHECK_EQ(case_pal_count(), count);
	CHECK_EQ(pald_close(service, handle), PAL_EINVAL);
	CHECK_EQ(pald_close(service, 1), 0);
	check_it_works(service);
}

static void a_looping_pal_is_ended_at_its_time(void)
{
	uint64_t before = pages_in_use(), number = 1;
	struct pald *service;
	uint32_t handle;

	start_service("limit time 2s\n");
	service = connect_as(ALLOWED);
	REQUIRE(open_worker(service, &handle) == 0);
	CHECK_EQ(pald_call(service, handle, WORKER_LOOP, NULL, 0, NULL, 0,
			   NULL),
		 PALD_ETIME);
	/* When that is said, it is wiped. */
	CHECK_EQ(case_pal_count(), 0);
	CHECK_EQ(pages_in_use(), before);
	CHECK_EQ(add_one(service, handle, &number), PAL_EDEAD);
	check_it_works(service);
}

/* ---- Cases: who goes in the middle --------------------------------------- */

_Noreturn static void loop_in_a_pal(int said)
{
	struct pald *service = connect_as(ALLOWED);
	uint32_t handle;

	if (!open_worker(service, &handle) && write(said, "!", 1) == 1)
		pald_call(service, handle, WORKER_LOOP, NULL, 0, NULL, 0, NULL);
	_exit(1);
}

/* A process that is in a call, or about to be. */
static pid_t start_looping(void)
{
	char byte = 0;
	int ends[2];
	pid_t child;

	if (pipe(ends))
		abort();
	child = fork();
	if (child == 0)
		loop_in_a_pal(ends[1]);
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		case_fail("the client cannot open its PAL");
	close(ends[0]);
	return child;
}

static void end_with(pid_t process)
{
	kill(process, SIGKILL);
	waitpid(process, NULL, 0);
}

static void killing_a_client_in_a_call_frees_its_pal(void)
{
	uint64_t before = pages_in_use(), random = 5;

	start_service("");
	for (int i = 0; i < KILL_COUNT && !case_has_failed(); i++) {
		pid_t client = start_looping();

		CHECK_EQ(case_pal_count(), 1);
		usleep((useconds_t)(case_random(&random) % 30000));
		end_with(client);
		CHECK(case_wait_pal_count(0));
	}
	CHECK_EQ(pages_in_use(), before);
	check_it_works(connect_as(ALLOWED));
}

static void killing_pald_frees_all_pals(void)
{
	uint64_t before = pages_in_use();
	pid_t service = start_service("");

	for (int i = 0; i < 4; i++)
		start_looping();
	CHECK_EQ(case_pal_count(), 4);
	end_with(service);
	CHECK(case_wait_pal_count(0));
	CHECK_EQ(pages_in_use(), before);
}

/* ---- Cases: many at once ------------------------------------------------- */

struct call_message {
	uint8_t header[PALD_HEADER_SIZE];
	uint8_t call[PALD_CALL_SIZE];
	uint64_t number;
};

struct call_answer {
	uint8_t header[PALD_HEADER_SIZE];
	uint64_t number;
};

static void make_call(uint32_t handle, uint64_t number,
		      struct call_message *message)
{
	const struct pald_header header = {
		.type = PALD_CALL,
		.id = number,
		.size = sizeof(*message) - sizeof(message->header),
	};
	const struct pald_call call = {
		.handle = handle,
		.entry = WORKER_ADD_ONE,
		.capacity = sizeof(number),
	};

	wire_write_header(message->header, &header);
	wire_write_call(message->call, &call);
	message->number = number;
}

static void check_answer(int client, uint64_t number)
{
	struct pald_header header;
	struct call_answer answer;

	if (recv(client, &answer, sizeof(answer), MSG_WAITALL) !=
	    sizeof(answer)) {
		case_fail("no answer to call %d", (int)number);
		return;
	}
	CHECK(!wire_read_answer(answer.header, &header));
	CHECK_EQ(header.status, 0);
	CHECK_EQ(header.id, number);
	CHECK_EQ(answer.number, number + 1);
}

/* A bare socket, with a PAL, which has handle 1. */
static int connect_caller(void)
{
	const struct pald_header header = {.type = PALD_OPEN, .size = 6};
	struct sockaddr_un address = {AF_UNIX, PALD_SOCKET};
	uint8_t bytes[PALD_HEADER_SIZE + PALD_OPENED_SIZE];
	int client = socket(AF_UNIX, SOCK_STREAM, 0);

	if (seteuid(ALLOWED) ||
	    connect(client, (struct sockaddr *)&address, sizeof(address)) ||
	    seteuid(0))
		case_fail("cannot connect");
	wire_write_header(bytes, &header);
	memcpy(bytes + PALD_HEADER_SIZE, "worker", 6);
	if (send(client, bytes, PALD_HEADER_SIZE + 6, 0) < 0 ||
	    recv(client, bytes, sizeof(bytes), MSG_WAITALL) !=
		    (ssize_t)sizeof(bytes))
		case_fail("cannot open a PAL");
	return client;
}

static void send_calls(int client)
{
	struct call_message messages[CALL_COUNT];

	for (uint64_t i = 0; i < CALL_COUNT; i++)
		make_call(1, i, &messages[i]);
	if (send(client, messages, sizeof(messages), 0) !=
	    (ssize_t)sizeof(messages))
		case_fail("the calls do not fit into the socket");
}

/*
 * 200 calls under way on 8 PALs and 200 idle connections beside; between any
 * two bytes of the slow client some of the answers must come.
 */
static void many_calls_at_once_are_answered_beside_a_slow_one(void)
{
	struct call_message slow_message;
	int callers[CALLER_MAX], slow, answered = 0;

	start_service("limit connections 300\nlimit pals 9\n");
	for (int i = 0; i < OTHER_COUNT; i++)
		connect_as(ALLOWED);
	slow = connect_caller();
	for (int i = 0; i < CALLER_MAX; i++)
		callers[i] = connect_caller();
	for (int i = 0; i < CALLER_MAX; i++)
		send_calls(callers[i]);
	make_call(1, 1000, &slow_message);
	for (size_t at = 0; at < sizeof(slow_message); at++) {
		CHECK_EQ(send(slow, (char *)&slow_message + at, 1, 0), 1);
		for (int i = 0; i < 5 && answered < CALLER_MAX * CALL_COUNT;
		     i++, answered++)
			check_answer(callers[answered % CALLER_MAX],
				     (uint64_t)(answered / CALLER_MAX));
		REQUIRE(!case_has_failed());
	}
	CHECK_EQ(answered, CALLER_MAX * CALL_COUNT);
	check_answer(slow, 1000);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(who_may_not_open_the_device_runs_a_block);
	RUN(whom_no_line_allows_gets_nothing);
	RUN(a_user_has_no_more_pals_than_the_limit);
	RUN(a_user_has_no_more_memory_than_the_limit);
	RUN(a_looping_pal_is_ended_at_its_time);
	RUN(killing_a_client_in_a_call_frees_its_pal);
	RUN(killing_pald_frees_all_pals);
	RUN(many_calls_at_once_are_answered_beside_a_slow_one);
	case_expect_hypervisor(false);
	RUN(the_policy_holds_for_the_service);
	return fresh_restore(case_end());
}
