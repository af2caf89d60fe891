/* SPDX-License-Identifier: BSD-2-Clause */
/* pald: options, the listening socket, and the environment it runs in. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "pald/config_file.h"
#include "pald/server.h"
#include "pald/worker.h"

#define EXIT_USAGE     2
#define FIRST_FD       3 /* of those that systemd passes */
#define FD_WANTED      65536
#define DEFAULT_CONFIG "/etc/palisade/pald.conf"

static const char help[] =
	"usage: pald [--config FILE] [--socket PATH]\n\n"
	"Serve PALs of installed blocks to programs that may not open the "
	"device.\nWithout --socket the socket comes from systemd "
	"(pald.socket).\n\n"
	"  -c, --config FILE      default " DEFAULT_CONFIG "\n"
	"  -s, --socket PATH      listen there\n"
	"  -t, --test             only read the configuration\n"
	"  -h, --help             print this\n";

struct options {
	const char *config;
	const char *socket;
	bool only_tests;
};

/* What systemd says: sd_listen_fds(3).  Returns -1 after a message. */
static int socket_of_systemd(void)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	int listens = 0;
	socklen_t size = sizeof(listens);

	if (!pid || !count || strtol(pid, NULL, 10) != getpid() ||
	    strcmp(count, "1")) {
		server_log("no socket: it comes from systemd (pald.socket), or "
			   "from --socket");
		return -1;
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (getsockopt(FIRST_FD, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) ||
	    !listens) {
		server_log("systemd's socket does not listen");
		return -1;
	}
	if (fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC) ||
	    fcntl(FIRST_FD, F_SETFL, O_NONBLOCK)) {
		server_log("systemd's socket: %s", strerror(errno));
		return -1;
	}
	return FIRST_FD;
}

/* A socket that was left behind, with nobody who listens. */
static bool is_stale(const struct sockaddr_un *address)
{
	int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool result = probe >= 0 &&
		      connect(probe, (const struct sockaddr *)address,
			      sizeof(*address)) &&
		      errno == ECONNREFUSED;

	if (probe >= 0)
		close(probe);
	return result;
}

static int socket_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX,
			      SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (strlen(path) >= sizeof(address.sun_path)) {
		server_log("%s: the path is too long", path);
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (is_stale(&address))
		unlink(path);
	/* Everybody may connect: the allow list decides. */
	if (listener < 0 ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
	    chmod(path, 0666) || listen(listener, SOMAXCONN)) {
		server_log("%s: %s", path, strerror(errno));
		return -1;
	}
	return listener;
}

/* Numbers 0 to 2 are taken, or sockets would get them. */
static void open_standard_files(void)
{
	int file;

	do
		file = open("/dev/null", O_RDWR);
	while (file >= 0 && file <= STDERR_FILENO);
	if (file >= 0)
		close(file);
}

/*
 * The simulator's processes of a worker that was killed become ours, so that
 * somebody waits for them.
 */
static void prepare_process(void)
{
	const struct rlimit none = {0, 0};
	struct rlimit files;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur >= FD_WANTED)
		return;
	files.rlim_cur = files.rlim_max < FD_WANTED ? files.rlim_max
						    : FD_WANTED;
	setrlimit(RLIMIT_NOFILE, &files);
}

static int run(const struct options *options)
{
	static struct server server;
	int cause;

	open_standard_files();
	server.config_path = options->config;
	if (!config_file_read(options->config, &server.config))
		return EXIT_FAILURE;
	if (options->only_tests)
		return EXIT_SUCCESS;
	server.own_socket = options->socket;
	server.listener.kind = WATCH_LISTENER;
	server.listener.descriptor = options->socket
					     ? socket_at(options->socket)
					     : socket_of_systemd();
	if (server.listener.descriptor < 0)
		return EXIT_FAILURE;
	prepare_process();
	cause = server_run(&server);
	if (!cause)
		return EXIT_SUCCESS;
	server_log("cannot go on: %s", strerror(cause));
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{"config", required_argument, NULL, 'c'},
		{"socket", required_argument, NULL, 's'},
		{"test", no_argument, NULL, 't'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct options options = {.config = DEFAULT_CONFIG};
	int option;

	if (argc == 3 && !strcmp(argv[1], "--worker"))
		return worker_main(argv[2]);
	while ((option = getopt_long(argc, argv, "c:s:th", names, NULL)) > 0) {
		switch (option) {
		case 'c':
			options.config = optarg;
			break;
		case 's':
			options.socket = optarg;
			break;
		case 't':
			options.only_tests = true;
			break;
		case 'h':
			fputs(help, stdout);
			return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
		default:
			fputs(help, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind == argc)
		return run(&options);
	fputs(help, stderr);
	return EXIT_USAGE;
}
