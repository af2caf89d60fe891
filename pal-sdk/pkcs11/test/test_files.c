/* SPDX-License-Identifier: BSD-2-Clause */
/* A token's folder among others who may write there, and forked children. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>
#include "pkcs11/token/files.h"
#include "scene.h"
#include "test/tap.h"

/* Does the shell succeed with it, in the tokens' folder? */
static bool shell(const char *command)
{
	char line[512];

	snprintf(line, sizeof(line), "cd '%s' && %s",
		 getenv("PALISADE_TOKENS"), command);
	return !system(line);
}

static unsigned missing_count(const char *name)
{
	struct token *token = scene_open(name);
	struct key_token_info info = {0};

	scene_need(token_info(token, &info), "info");
	token_close(token);
	return info.missing_count;
}

/*
 * Who shares the folder of tokens must not get a process of root's to work on
 * what is elsewhere.
 */
static void links_lead_nowhere(void)
{
	struct token *token = scene_token("link");

	scene_ec(token, 256, true);
	token_close(token);
	CHECK(shell("mkdir elsewhere && echo x >elsewhere/file && "
		    "chmod 600 elsewhere/file && mv link/objects objects && "
		    "ln -s ../elsewhere link/objects"));
	CHECK(missing_count("link") == 2);
	CHECK(shell("test -e elsewhere/file && cp objects/* elsewhere"));
	CHECK(missing_count("link") == 2);
	CHECK(shell("rm link/objects link/lock && mv objects link && "
		    "ln -s ../elsewhere/file link/lock"));
	CHECK(token_open("link", &token) == CKR_GENERAL_ERROR);
	CHECK(shell("test $(stat -c %a elsewhere/file) = 600 && "
		    "rm link/lock"));
	CHECK(missing_count("link") == 0);
	CHECK(shell("mv link elsewhere && ln -s elsewhere/link link"));
	CHECK(token_open("link", &token) != CKR_OK);
	CHECK(shell("rm -r link elsewhere"));
}

/* A server's worker, forked while another thread was at a change. */
static void a_child_keeps_no_lock_of_its_parent(void)
{
	int folder, lock, another;
	pid_t child;

	token_close(scene_token("forked"));
	scene_need(files_open("forked", &folder), "files_open");
	scene_need(files_lock(folder, &lock), "files_lock");
	child = fork();
	if (!child) {
		pause();
		_exit(0);
	}
	files_unlock(lock);
	another = openat(folder, "lock", O_RDWR | O_CLOEXEC);
	CHECK(!flock(another, LOCK_EX | LOCK_NB));
	close(another);
	close(folder);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

int main(void)
{
	scene_begin();
	RUN(links_lead_nowhere);
	RUN(a_child_keeps_no_lock_of_its_parent);
	return TAP_END();
}
