/* SPDX-License-Identifier: BSD-2-Clause */
/* Start, talk to, and end workers. */
#include "pald/worker.h"
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "pal_service.h"
#include "pald/connection.h"

extern char **environ;

struct worker *worker_find(struct server *server,
			   const struct connection *connection, uint32_t handle)
{
	struct worker *worker;

	for (worker = server->workers; worker; worker = worker->next)
		if (worker->connection == connection &&
		    worker->handle == handle && worker->state == WORKER_IDLE)
			return worker;
	return NULL;
}

static void set_deadline(struct server *server, struct worker *worker)
{
	worker->deadline = server_now() + server->config.milliseconds;
}

/* ---- Start --------------------------------------------------------------- */

/* Only standard input, output and error are left to it. */
static int spawn(int socket, const char *path, pid_t *pid)
{
	char *arguments[] = {(char *)(uintptr_t) "pald",
			     (char *)(uintptr_t) "--worker",
			     (char *)(uintptr_t)path, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int cause;

	sigemptyset(&none);
	if (posix_spawn_file_actions_init(&actions))
		return ENOMEM;
	if (posix_spawnattr_init(&attributes)) {
		posix_spawn_file_actions_destroy(&actions);
		return ENOMEM;
	}
	/* A group of its own: ^C in a terminal is the service's affair. */
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setsigmask(&attributes, &none);
	cause = posix_spawn_file_actions_adddup2(&actions, socket,
						 STDIN_FILENO);
	if (!cause)
		cause = posix_spawn(pid, "/proc/self/exe", &actions,
				    &attributes, arguments, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return cause;
}

static bool start_process(struct worker *worker, const char *path)
{
	int sockets[2];
	int cause;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		return false;
	cause = spawn(sockets[1], path, &worker->pid);
	close(sockets[1]);
	if (cause) {
		close(sockets[0]);
		server_log("cannot start a worker: %s", strerror(cause));
		return false;
	}
	worker->watch.descriptor = sockets[0];
	return true;
}

static void receive_answer(struct worker *worker)
{
	worker->state = WORKER_RECEIVING;
	buffer_begin(&worker->connection->out, PALD_HEADER_SIZE);
}

bool worker_start(struct server *server, struct connection *connection,
		  const struct block *block)
{
	struct worker *worker = calloc(1, sizeof(*worker));

	if (!worker || connection->last_handle == UINT32_MAX ||
	    !start_process(worker, block->path)) {
		free(worker);
		return false;
	}
	worker->watch.kind = WATCH_WORKER;
	worker->connection = connection;
	worker->user = connection->user;
	worker->memory = block->memory;
	worker->handle = ++connection->last_handle;
	worker->user->pal_count++;
	worker->user->memory += worker->memory;
	worker->next = server->workers;
	server->workers = worker;
	set_deadline(server, worker);
	receive_answer(worker);
	if (!server_watch(server, &worker->watch, EPOLLIN))
		connection_end(server, connection);
	return true;
}

/* ---- End ----------------------------------------------------------------- */

/* Its process sees the end of the stream, closes the PAL and ends. */
static void let_end(struct server *server, struct worker *worker)
{
	worker->state = WORKER_ENDING;
	set_deadline(server, worker);
	server_unwatch(server, &worker->watch);
}

static void kill_now(struct server *server, struct worker *worker)
{
	let_end(server, worker);
	worker->deadline = UINT64_MAX;
	kill(worker->pid, SIGKILL);
}

/* The answer goes when the process has been waited for. */
static void kill_and_answer(struct server *server, struct worker *worker,
			    int status, const char *text)
{
	struct connection *connection = worker->connection;

	kill_now(server, worker);
	worker->is_awaited = connection_prepare(server, connection, status,
						text, strlen(text));
}

void worker_close(struct server *server, struct worker *worker)
{
	let_end(server, worker);
	worker->is_awaited = connection_prepare(server, worker->connection, 0,
						NULL, 0);
}

void worker_abandon_all(struct server *server, struct connection *connection)
{
	struct worker *worker;

	for (worker = server->workers; worker; worker = worker->next) {
		if (worker->connection != connection)
			continue;
		worker->connection = NULL;
		worker->is_awaited = false;
		if (worker->state == WORKER_IDLE)
			let_end(server, worker);
		else if (worker->state < WORKER_ENDING)
			kill_now(server, worker);
	}
}

uint64_t worker_expire(struct server *server)
{
	uint64_t now = server_now(), next = UINT64_MAX;
	struct worker *worker;

	for (worker = server->workers; worker; worker = worker->next) {
		if (worker->deadline > now) {
			if (worker->deadline < next)
				next = worker->deadline;
		} else if (worker->state == WORKER_ENDING) {
			worker->deadline = UINT64_MAX;
			kill(worker->pid, SIGKILL);
		} else {
			kill_and_answer(server, worker, PALD_ETIME,
					"it took longer than the service "
					"allows; the PAL was ended");
		}
	}
	return next;
}

void worker_kill_all(struct server *server)
{
	struct worker *worker;

	for (worker = server->workers; worker; worker = worker->next)
		if (worker->state != WORKER_ENDED)
			kill(worker->pid, SIGKILL);
}

void worker_sweep(struct server *server)
{
	struct worker **link = &server->workers;

	while (*link) {
		struct worker *worker = *link;

		if (worker->state != WORKER_ENDED) {
			link = &worker->next;
			continue;
		}
		*link = worker->next;
		free(worker);
	}
}

/* ---- Talk ---------------------------------------------------------------- */

static void lost(struct server *server, struct worker *worker)
{
	if (worker->state == WORKER_IDLE)
		kill_now(server, worker);
	else
		kill_and_answer(server, worker, PAL_EDEAD,
				"the PAL's process has ended");
}

static void watch(struct server *server, struct worker *worker, uint32_t events)
{
	if (!server_watch(server, &worker->watch, events))
		lost(server, worker);
}

static void send_request(struct server *server, struct worker *worker)
{
	switch (buffer_send(&worker->connection->in,
			    worker->watch.descriptor)) {
	case BUFFER_DONE:
		receive_answer(worker);
		watch(server, worker, EPOLLIN);
		break;
	case BUFFER_MORE:
		watch(server, worker, EPOLLOUT);
		break;
	case BUFFER_CLOSED:
	case BUFFER_NO_MEMORY:
		lost(server, worker);
		break;
	}
}

void worker_call(struct server *server, struct worker *worker)
{
	worker->state = WORKER_SENDING;
	worker->connection->in.done = 0;
	set_deadline(server, worker);
	send_request(server, worker);
}

/* A worker is ours, but has read what clients and PALs wrote. */
static bool judge_header(struct worker *worker, struct pald_header *header)
{
	const struct connection *connection = worker->connection;

	return !wire_read_answer(connection->out.bytes, header) &&
	       header->type == (connection->request.type | PALD_ANSWER) &&
	       (header->type != (PALD_ANSWER | PALD_OPEN) || header->status ||
		header->size == PALD_OPENED_SIZE);
}

/* The whole answer is in `out`. */
static void pass_on(struct server *server, struct worker *worker,
		    struct pald_header *header)
{
	struct connection *connection = worker->connection;

	header->id = connection->request.id;
	wire_write_header(connection->out.bytes, header);
	connection->out.done = 0;
	worker->state = WORKER_IDLE;
	worker->deadline = UINT64_MAX;
	if (header->type == (PALD_ANSWER | PALD_OPEN) && header->status) {
		let_end(server, worker);
		worker->is_awaited = true;
		return;
	}
	if (header->type == (PALD_ANSWER | PALD_OPEN))
		wire_put32(connection->out.bytes + PALD_HEADER_SIZE,
			   worker->handle);
	watch(server, worker, 0);
	connection_send(server, connection);
}

static void receive(struct server *server, struct worker *worker)
{
	struct buffer *out = &worker->connection->out;
	struct pald_header header;

	for (;;) {
		switch (buffer_receive(out, worker->watch.descriptor)) {
		case BUFFER_MORE:
			return;
		case BUFFER_CLOSED:
		case BUFFER_NO_MEMORY:
			lost(server, worker);
			return;
		case BUFFER_DONE:
			break;
		}
		if (!judge_header(worker, &header)) {
			server_log("worker %d answers nonsense", worker->pid);
			lost(server, worker);
			return;
		}
		out->size = PALD_HEADER_SIZE + header.size;
		if (out->done == out->size)
			break;
	}
	pass_on(server, worker, &header);
}

void worker_event(struct server *server, struct worker *worker,
		  uint32_t events)
{
	if (worker->state == WORKER_RECEIVING)
		receive(server, worker);
	else if (worker->state == WORKER_SENDING && events & EPOLLOUT)
		send_request(server, worker);
	else if (worker->state < WORKER_ENDING &&
		 events & (EPOLLHUP | EPOLLERR))
		lost(server, worker);
}

/* ---- Its end ------------------------------------------------------------- */

/* It has ended, and was not waited for yet: what it said last counts. */
static void hear_out(struct server *server, struct worker *worker)
{
	if (worker->state == WORKER_RECEIVING)
		receive(server, worker);
	if (worker->state < WORKER_ENDING)
		lost(server, worker);
}

static void bury(struct server *server, struct worker *worker)
{
	worker->state = WORKER_ENDED;
	worker->deadline = UINT64_MAX;
	worker->user->pal_count--;
	worker->user->memory -= worker->memory;
	if (worker->is_awaited)
		connection_send(server, worker->connection);
}

void worker_reap_all(struct server *server)
{
	/* Only after hear_out() the number may become another process'. */
	const int how = WEXITED | WNOHANG | WNOWAIT;
	siginfo_t info = {0};

	while (!waitid(P_ALL, 0, &info, how) && info.si_pid) {
		struct worker *worker = server->workers;

		while (worker && (worker->pid != info.si_pid ||
				  worker->state == WORKER_ENDED))
			worker = worker->next;
		if (worker)
			hear_out(server, worker);
		waitpid(info.si_pid, NULL, WNOHANG);
		/* Orphans of workers come here, too, and are nobody's. */
		if (worker)
			bury(server, worker);
		info.si_pid = 0;
	}
}
