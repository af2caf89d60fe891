/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens whose newest state the TPM proves, with a carrier that lies at will.
 * Usage: test_proof SOCKET, on which a software TPM listens.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "scene.h"
#include "test/tap.h"
#include "test/tpm_carrier.h"
#include "tpm/message.h"

#define LABEL "proof                           "

/* ---- The carrier --------------------------------------------------------- */

static struct tpm_orders *orders; /* shared with the carrier, a process */

static char ours[100];
static const char *theirs;

static void start_carrier(void)
{
	int listener;

	orders = mmap(NULL, sizeof(*orders), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(ours, sizeof(ours), "%s.carrier", theirs);
	listener = tpm_carrier_listen(ours);
	if (orders == MAP_FAILED || listener < 0)
		exit(2);
	setenv("PALISADE_TPM", ours, 1);
	if (fork()) {
		close(listener);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	tpm_carrier_serve(listener, theirs, orders);
}

static void lies(enum tpm_lie which, uint32_t about)
{
	*orders = (struct tpm_orders){which, about};
}

/* ---- Tokens -------------------------------------------------------------- */

/*
 * A process has one notary as long as it lives, so whatever opens a token does
 * so in a process of its own, and this one boots between them.
 */
static int status; /* of the latest one */

static bool apart(bool (*step)(void))
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		bool is_good = step();

		fflush(stdout);
		_exit(!is_good);
	}
	return waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	       !WEXITSTATUS(status);
}

static bool makes_a(void)
{
	struct key_token_info info;
	struct token *token;

	scene_need(token_create("a"), "create");
	scene_need(token_open("a", &token), "open");
	scene_need(token_init(token, SO_PIN, 8, (const uint8_t *)LABEL,
			      KEY_ROUNDS_MIN, KEY_INIT_TPM),
		   "init");
	scene_need(token_login(token, CKU_SO, SO_PIN, 8), "SO login");
	scene_need(token_init_pin(token, USER_PIN, 4), "init PIN");
	return !token_info(token, &info) && info.strength == KEY_STRENGTH_TPM;
}

static bool adds_a_key(void)
{
	return scene_ec(scene_open("a"), 256, true).private;
}

/* A change that is written down, but what proves it never reaches the TPM. */
static bool is_cut_off(void)
{
	struct token *token = scene_open("a");
	struct scene_pair pair;

	setenv("PALISADE_TPM", "/dev/null", 1);
	return scene_try_ec(token, 256, true, &pair) == CKR_DEVICE_ERROR;
}

static bool adds_nothing_without_tpm(void)
{
	struct token *token = scene_open("a");
	struct scene_pair pair;

	setenv("PALISADE_TPM", "/dev/no-tpm", 1);
	return scene_try_ec(token, 256, true, &pair) == CKR_DEVICE_ERROR;
}

static bool works(void)
{
	return scene_works(scene_open("a"));
}

static const char *wanted_text;

static bool is_refused(void)
{
	struct token *token;

	if (!token_open("a", &token))
		return false;
	if (strstr(token_error_text(), wanted_text))
		return true;
	printf("# %s\n", token_error_text());
	return false;
}

static bool works_after_boot(void)
{
	scene_boot();
	return apart(works);
}

static bool is_refused_after_boot(const char *text)
{
	wanted_text = text;
	scene_boot();
	return apart(is_refused);
}

static void in_folder(const char *command)
{
	char line[256];

	snprintf(line, sizeof(line), "cd '%s' && %s", getenv("PALISADE_TOKENS"),
		 command);
	CHECK(system(line) == 0);
}

static void keep(const char *name)
{
	char line[128];

	snprintf(line, sizeof(line), "rm -rf %s && cp -r a %s", name, name);
	in_folder(line);
}

static void bring(const char *name)
{
	char line[128];

	snprintf(line, sizeof(line), "rm -rf a && cp -r %s a", name);
	in_folder(line);
}

static void a_token_outlives_a_boot(void)
{
	CHECK(apart(makes_a));
	CHECK(apart(adds_a_key));
	CHECK(works_after_boot());
	CHECK(works_after_boot());
}

static void an_old_copy_is_refused_after_a_boot(void)
{
	keep("old");
	CHECK(apart(adds_a_key));
	keep("new");
	bring("old");
	CHECK(is_refused_after_boot("older than the token"));
	bring("new");
	CHECK(works_after_boot());
}

static void without_a_boot_too(void)
{
	bring("old");
	wanted_text = "older than the token";
	CHECK(apart(is_refused));
	bring("new");
}

static void a_change_that_was_cut_off_counts_when_it_is_loaded(void)
{
	CHECK(apart(is_cut_off));
	in_folder("! cmp -s a/token new/token");
	CHECK(works_after_boot());
	bring("new");
	CHECK(is_refused_after_boot("older than the token"));
	bring("old");
	CHECK(is_refused_after_boot("older than the token"));
}

/* Of two states made for the same place, the one that was not chosen. */
static void a_state_that_never_counted_is_refused(void)
{
	in_folder("rm -rf a");
	CHECK(apart(makes_a));
	CHECK(apart(adds_a_key));
	keep("new");
	CHECK(apart(is_cut_off));
	keep("never");
	bring("new");
	CHECK(apart(adds_a_key));
	keep("new");
	bring("never");
	CHECK(is_refused_after_boot("older than the token"));
	bring("new");
	CHECK(works_after_boot());
}

static uint32_t deadly;

/* Makes a key; killed when the TPM has done this command. */
static bool is_killed(void)
{
	struct token *token = scene_open("a");
	struct scene_pair pair;

	lies(TPM_KILL, deadly);
	scene_try_ec(token, 256, true, &pair);
	return true;
}

static void who_is_killed_leaves_a_token(void)
{
	static const uint32_t commands[] = {TPM_CC_START_AUTH_SESSION,
					    TPM_CC_NV_READ, TPM_CC_NV_EXTEND};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		deadly = commands[i];
		CHECK(!apart(is_killed));
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		lies(TPM_HONEST, 0);
		CHECK(works_after_boot());
		CHECK(apart(adds_a_key));
	}
}

static void lies_are_noticed(void)
{
	static const uint32_t commands[] = {TPM_CC_START_AUTH_SESSION,
					    TPM_CC_NV_READ};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		lies(TPM_FLIP, commands[i]);
		CHECK(is_refused_after_boot(i ? "something in between lies"
					      : "the TPM refuses"));
		lies(TPM_DEAF, commands[i]);
		CHECK(is_refused_after_boot("the TPM at"));
	}
	lies(TPM_HONEST, TPM_CC_NV_READ);
	CHECK(works_after_boot());
	lies(TPM_REPEAT, TPM_CC_NV_READ);
	CHECK(is_refused_after_boot("something in between lies"));
	lies(TPM_HONEST, 0);
	CHECK(works_after_boot());
}

static void without_a_tpm_that_is_told(void)
{
	setenv("PALISADE_TPM", "/dev/no-tpm", 1);
	CHECK(is_refused_after_boot("a TPM 2.0 is needed"));
	setenv("PALISADE_TPM", ours, 1);
	CHECK(apart(works));
}

static void without_a_tpm_nothing_is_written(void)
{
	keep("before");
	CHECK(apart(adds_nothing_without_tpm));
	in_folder("cmp a/token before/token");
	CHECK(apart(adds_a_key));
}

static bool cannot_be_begun(void)
{
	struct token *token = scene_token("plain");

	return token_init(token, SO_PIN, 8, (const uint8_t *)LABEL,
			  KEY_ROUNDS_MIN,
			  KEY_INIT_TPM) == CKR_ARGUMENTS_BAD;
}

static void a_token_without_it_cannot_be_begun_with_it(void)
{
	CHECK(apart(cannot_be_begun));
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	theirs = argv[1];
	scene_begin();
	start_carrier();
	RUN(a_token_outlives_a_boot);
	RUN(an_old_copy_is_refused_after_a_boot);
	RUN(without_a_boot_too);
	RUN(a_change_that_was_cut_off_counts_when_it_is_loaded);
	RUN(a_state_that_never_counted_is_refused);
	RUN(who_is_killed_leaves_a_token);
	RUN(lies_are_noticed);
	RUN(without_a_tpm_that_is_told);
	RUN(without_a_tpm_nothing_is_written);
	RUN(a_token_without_it_cannot_be_begun_with_it);
	return TAP_END();
}
