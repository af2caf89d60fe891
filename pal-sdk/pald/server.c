/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop: events, deadlines, signals; then what has ended is freed. */
#include "pald/server.h"
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "pald/config_file.h"
#include "pald/connection.h"
#include "pald/user.h"
#include "pald/worker.h"

#define EVENT_COUNT  64
#define ACCEPT_COUNT 64 /* before others have their turn */
#define ACCEPT_PAUSE 100 /* ms */

void server_log(const char *format, ...)
{
	va_list args;

	fputs("pald: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

uint64_t server_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool server_watch(struct server *server, struct watch *watch, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = watch};

	if (watch->is_added && watch->events == events)
		return true;
	if (epoll_ctl(server->epoll,
		      watch->is_added ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
		      watch->descriptor, &event))
		return false;
	watch->is_added = true;
	watch->events = events;
	return true;
}

static void listen_again(struct server *server)
{
	server->accept_deadline = UINT64_MAX;
	if (server->listener.is_added)
		server_watch(server, &server->listener, EPOLLIN);
}

void server_unwatch(struct server *server, struct watch *watch)
{
	if (watch->descriptor < 0)
		return;
	if (watch->is_added)
		epoll_ctl(server->epoll, EPOLL_CTL_DEL, watch->descriptor,
			  NULL);
	close(watch->descriptor);
	watch->descriptor = -1;
	watch->is_added = false;
	/* Whoever waits to be accepted can be now. */
	listen_again(server);
}

/*
 * Clients wait in line until a descriptor becomes free: one of ours, or, which
 * nobody tells, one of another process.
 */
static void pause_listening(struct server *server)
{
	server->accept_deadline = server_now() + ACCEPT_PAUSE;
	server_watch(server, &server->listener, 0);
}

static void accept_some(struct server *server)
{
	for (int i = 0; i < ACCEPT_COUNT; i++) {
		int socket = accept4(server->listener.descriptor, NULL, NULL,
				     SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (socket >= 0) {
			connection_accept(server, socket);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
		    errno == ENOBUFS)
			pause_listening(server);
		return;
	}
}

/* ---- Signals ------------------------------------------------------------- */

static void end_gently(struct server *server)
{
	struct connection *connection;

	server_log("ending");
	server->is_ending = true;
	server->end_deadline = server_now() + server->config.milliseconds;
	server_unwatch(server, &server->listener);
	if (server->own_socket)
		unlink(server->own_socket);
	for (connection = server->connections; connection;
	     connection = connection->next)
		connection_dismiss(server, connection);
}

static void end_at_once(struct server *server)
{
	struct connection *connection;

	for (connection = server->connections; connection;
	     connection = connection->next)
		connection_end(server, connection);
	worker_kill_all(server);
	server->end_deadline = UINT64_MAX;
}

static void read_signals(struct server *server)
{
	struct signalfd_siginfo info;

	while (read(server->signals.descriptor, &info, sizeof(info)) ==
	       sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			worker_reap_all(server);
		else if (info.ssi_signo == SIGHUP)
			config_file_read(server->config_path, &server->config);
		else if (server->is_ending)
			end_at_once(server);
		else
			end_gently(server);
	}
}

static bool prepare_signals(struct server *server)
{
	static const int numbers[] = {SIGCHLD, SIGHUP, SIGINT, SIGTERM};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaddset(&set, numbers[i]);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return false;
	server->signals.kind = WATCH_SIGNALS;
	server->signals.descriptor = signalfd(-1, &set,
					      SFD_CLOEXEC | SFD_NONBLOCK);
	return server->signals.descriptor >= 0;
}

/* ---- The loop ------------------------------------------------------------ */

static void dispatch(struct server *server, struct watch *watch,
		     uint32_t events)
{
	/* It ended while an earlier event was handled. */
	if (watch->descriptor < 0)
		return;
	switch (watch->kind) {
	case WATCH_LISTENER:
		accept_some(server);
		break;
	case WATCH_SIGNALS:
		read_signals(server);
		break;
	case WATCH_CONNECTION:
		connection_event(server, (struct connection *)watch, events);
		break;
	case WATCH_WORKER:
		worker_event(server, (struct worker *)watch, events);
		break;
	}
}

static int time_left(struct server *server)
{
	uint64_t deadline = worker_expire(server), now = server_now();

	if (server->accept_deadline <= now)
		listen_again(server);
	if (server->accept_deadline < deadline)
		deadline = server->accept_deadline;
	if (server->is_ending && server->end_deadline <= now)
		end_at_once(server);
	if (server->is_ending && server->end_deadline < deadline)
		deadline = server->end_deadline;
	if (deadline == UINT64_MAX)
		return -1;
	return deadline > now ? (int)(deadline - now) + 1 : 0;
}

static void sweep(struct server *server)
{
	worker_sweep(server);
	connection_sweep(server);
	user_sweep(server);
}

static int loop(struct server *server)
{
	struct epoll_event events[EVENT_COUNT];

	while (!server->is_ending || server->connections || server->workers) {
		int count = epoll_wait(server->epoll, events, EVENT_COUNT,
				       time_left(server));

		if (count < 0 && errno != EINTR)
			return errno;
		for (int i = 0; i < count; i++)
			dispatch(server, events[i].data.ptr, events[i].events);
		sweep(server);
	}
	return 0;
}

int server_run(struct server *server)
{
	int cause = 0;

	server->accept_deadline = UINT64_MAX;
	server->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (server->epoll < 0)
		return errno;
	if (!prepare_signals(server) ||
	    !server_watch(server, &server->signals, EPOLLIN) ||
	    !server_watch(server, &server->listener, EPOLLIN))
		cause = errno;
	if (!cause)
		cause = loop(server);
	server_unwatch(server, &server->listener);
	server_unwatch(server, &server->signals);
	close(server->epoll);
	return cause;
}
