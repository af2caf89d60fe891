/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a token survives: damaged, swapped and old files, full disks, others at
 * work, kills, guessers, other key PALs.
 *
 *	test_robust PAL-TOOL	in the simulator
 *	test_robust		under the hypervisor: what is different there
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "scene.h"
#include "test/tap.h"

static int kill_count = 200;

static CK_BBOOL yes = CK_TRUE;
static const char *pal_tool;

/* ---- Files --------------------------------------------------------------- */

/* A shell command with the tokens' folder as its working folder. */
static void shell(const char *command)
{
	char line[1024];

	snprintf(line, sizeof(line), "cd '%s' && { %s; } >/dev/null 2>&1",
		 getenv("PALISADE_TOKENS"), command);
	if (system(line)) {
		printf("# failed: %s\n", command);
		tap_is_good = false;
	}
}

static size_t file_size(const char *path)
{
	char full[512];
	int file;
	off_t size;

	snprintf(full, sizeof(full), "%s/%s", getenv("PALISADE_TOKENS"), path);
	file = open(full, O_RDONLY | O_CLOEXEC);
	size = file < 0 ? 0 : lseek(file, 0, SEEK_END);
	close(file);
	return (size_t)size;
}

static void flip_bit(const char *path, size_t bit)
{
	char full[512];
	uint8_t byte;
	int file;

	snprintf(full, sizeof(full), "%s/%s", getenv("PALISADE_TOKENS"), path);
	file = open(full, O_RDWR | O_CLOEXEC);
	if (file < 0 || pread(file, &byte, 1, (off_t)(bit / 8)) != 1)
		tap_is_good = false;
	byte ^= (uint8_t)(1u << bit % 8);
	if (pwrite(file, &byte, 1, (off_t)(bit / 8)) != 1)
		tap_is_good = false;
	close(file);
}

/* What opening says; the token is closed again. */
static CK_RV try_open(const char *name)
{
	struct token *token = NULL;
	CK_RV rv = token_open(name, &token);

	token_close(token);
	return rv;
}

static bool is_refused(const char *name, const char *text)
{
	CK_RV rv = try_open(name);

	if (rv == CKR_TOKEN_NOT_RECOGNIZED && strstr(token_error_text(), text))
		return true;
	printf("# 0x%lx: %s\n", rv, rv ? token_error_text() : "it opened");
	return false;
}

static bool works(const char *name)
{
	struct token *token = scene_open(name);
	bool answer = scene_works(token);

	token_close(token);
	return answer;
}

static void make(const char *name)
{
	struct token *token = scene_token(name);

	scene_ec(token, 256, true);
	scene_ec(token, 384, true);
	token_close(token);
}

static void a_damaged_token_is_refused(void)
{
	char command[128];
	size_t bits;

	make("damage");
	shell("cp -r damage damage.good");
	bits = file_size("damage/token") * 8;
	for (size_t bit = 5; bit < bits; bit += bits / 40) {
		flip_bit("damage/token", bit);
		CHECK(try_open("damage") == CKR_TOKEN_NOT_RECOGNIZED);
		flip_bit("damage/token", bit);
	}
	for (size_t size = 1; size < bits / 8; size += bits / 8 / 20) {
		snprintf(command, sizeof(command),
			 "truncate -s %zu damage/token", size);
		shell(command);
		CHECK(try_open("damage") == CKR_TOKEN_NOT_RECOGNIZED);
		shell("cp damage.good/token damage/token");
	}
	shell("head -c 100000 /dev/urandom > damage/token");
	CHECK(try_open("damage") == CKR_TOKEN_NOT_RECOGNIZED);
	shell("cp damage.good/token damage/token");
	CHECK(works("damage"));
	shell("rm -r damage.good");
}

static unsigned missing(const char *name)
{
	struct token *token = scene_open(name);
	struct key_token_info info = {0};

	scene_need(token_info(token, &info), "info");
	token_close(token);
	return info.missing_count;
}

static void damaged_objects_are_missing_and_others_work(void)
{
	make("object");
	shell("cp -r object object.good");
	CHECK(missing("object") == 0);
	shell("set -- object/objects/*; mv $1 x; mv $2 $1; mv x $2");
	CHECK(missing("object") == 2);
	CHECK(!works("object"));
	shell("rm -r object; cp -r object.good object");
	CHECK(works("object"));
	shell("set -- object/objects/*; truncate -s 40 $3");
	CHECK(missing("object") == 1);
	shell("set -- object/objects/*; rm $1 $2; mkdir $2");
	CHECK(missing("object") == 3);
	shell("rm -r object; cp -r object.good object");
	shell("set -- object/objects/*; head -c 50000 /dev/zero > $3");
	CHECK(missing("object") == 1);
	shell("rm -r object; mv object.good object");
}

static void tokens_do_not_mix(void)
{
	struct token *token;
	struct key_token_info info;

	make("one");
	make("two");
	token = scene_open("one");
	shell("cp -r one one.good; cp two/token one/token");
	CHECK(missing("one") == 4); /* it is two, without its objects */
	shell("cp two/objects/* one/objects/");
	CHECK(missing("one") == 0);
	CHECK(!token_info(token, &info)); /* was open before: still one */
	shell("rm -r one; mv one.good one");
	token_close(token);
	shell("for f in two/objects/*; do n=${f##*/}; "
	      "cp one/objects/${n%.*}.* $f; done");
	CHECK(missing("two") == 4);
	shell("rm -r one two");
}

static void an_old_state_is_refused(void)
{
	struct token *token;

	make("old");
	shell("cp -r old old.copy");
	token = scene_open("old");
	CHECK(!token_set_pin(token, USER_PIN, 4, "5678", 4));
	token_close(token);
	shell("mv old old.new; cp -r old.copy old");
	CHECK(is_refused("old", "older than the token"));
	shell("rm -r old; mv old.new old");
	scene_need(token_open("old", &token), "open");
	CHECK(token_login(token, CKU_USER, USER_PIN, 4) == CKR_PIN_INCORRECT);
	CHECK(!token_login(token, CKU_USER, "5678", 4));
	token_close(token);
	shell("rm -r old old.copy");
}

static void a_destroyed_key_stays_destroyed(void)
{
	struct token *token = scene_token("gone");
	struct scene_pair pair = scene_ec(token, 256, true);
	struct key_summary summary;

	shell("cp -r gone gone.copy");
	CHECK(!token_destroy_object(token, pair.private));
	token_close(token);
	shell("cp gone.copy/objects/* gone/objects/");
	token = scene_open("gone");
	CHECK(token_summary(token, pair.private, &summary) ==
	      CKR_OBJECT_HANDLE_INVALID);
	token_close(token);
	shell("cp gone.copy/token gone/token");
	CHECK(is_refused("gone", "older than the token"));
	shell("rm -r gone gone.copy");
}

/* Processes of their own, because one knows one root, which it reads first. */
static bool is_true_apart(bool (*claim)(void))
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		tap_is_good = claim();
		fflush(stdout);
		_exit(!tap_is_good);
	}
	waitpid(child, &status, 0);
	return !status;
}

static bool can_make_root(void)
{
	make("root");
	return works("root");
}

static bool root_works(void)
{
	return works("root");
}

static bool is_other_root(void)
{
	return is_refused("root", "another root");
}

static void another_root_is_told(void)
{
	char root[512], other[1024];

	CHECK(is_true_apart(can_make_root));
	snprintf(root, sizeof(root), "%s", getenv("PAL_SIM_ROOT"));
	snprintf(other, sizeof(other), "%s/other", getenv("PALISADE_TOKENS"));
	shell("head -c 64 /dev/urandom > other");
	setenv("PAL_SIM_ROOT", other, 1);
	CHECK(is_true_apart(is_other_root));
	setenv("PAL_SIM_ROOT", root, 1);
	CHECK(is_true_apart(root_works));
	scene_boot(); /* with the root of a file a token outlives it */
	CHECK(is_true_apart(root_works));
	shell("rm -r root other");
}

/* ---- Others at work ------------------------------------------------------ */

static void join(pid_t *children, int count)
{
	int status;

	for (int i = 0; i < count; i++) {
		waitpid(children[i], &status, 0);
		if (status)
			printf("# a child ended with %#x\n", status);
		CHECK(!status);
	}
}

static void write_objects(void)
{
	struct token *token = scene_open("shared");
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof(class)},
				   {CKA_TOKEN, &yes, 1}};
	CK_OBJECT_HANDLE object;

	for (int i = 0; i < 8; i++)
		scene_need(token_create_object(token, 1, template, 2, &object),
			   "create");
	scene_need(token_destroy_object(token, object), "destroy");
	_exit(scene_works(token) ? 0 : 3);
}

static void processes_change_a_token_together(void)
{
	struct token *token = scene_token("shared");
	struct key_token_info info;
	pid_t children[4];

	fflush(stdout);
	scene_ec(token, 256, true);
	for (int i = 0; i < 4; i++) {
		children[i] = fork();
		if (!children[i])
			write_objects();
	}
	join(children, 4);
	CHECK(!token_info(token, &info) && info.object_count == 2 + 4 * 7);
	CHECK(scene_works(token));
	token_close(token);
	CHECK(works("shared"));
	shell("test $(ls shared/objects | wc -l) = 30");
}

static void a_full_disk_changes_nothing(void)
{
	struct token *token = scene_token("full");
	struct rlimit limit, small;
	struct scene_pair pair;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	for (rlim_t size = 0; size <= 600; size += 100) {
		small = limit;
		small.rlim_cur = size;
		setrlimit(RLIMIT_FSIZE, &small);
		CHECK(scene_try_ec(token, 256, true, &pair) ==
		      CKR_DEVICE_MEMORY);
		CHECK(token_set_pin(token, USER_PIN, 4, "5678", 4) ==
		      CKR_DEVICE_MEMORY);
		setrlimit(RLIMIT_FSIZE, &limit);
	}
	CHECK(scene_works(token));
	scene_ec(token, 256, true);
	token_close(token);
	CHECK(works("full"));
	shell("test $(ls full/objects | wc -l) = 2");
}

/* Generate keys and change the PIN to and fro until killed. */
static void work_until_killed(void)
{
	static const char *const pins[] = {USER_PIN, "5678"};
	struct token *token;
	struct scene_pair pair;
	int now = 0;

	scene_need(token_open("killed", &token), "open");
	if (token_login(token, CKU_USER, pins[0], 4)) {
		now = 1;
		scene_need(token_login(token, CKU_USER, pins[1], 4), "login");
	}
	for (;;) {
		scene_need(scene_try_ec(token, 256, true, &pair), "generate");
		scene_need(token_set_pin(token, pins[now], 4, pins[!now], 4),
			   "set PIN");
		now = !now;
		scene_need(token_destroy_object(token, pair.public), "destroy");
		scene_need(token_destroy_object(token, pair.private),
			   "destroy");
	}
}

/* Old or new: it opens, one of the PINs is right, nothing is missing. */
static bool is_whole_after_kill(void)
{
	struct key_token_info info;
	struct token *token;
	bool answer;

	if (token_open("killed", &token)) {
		printf("# %s\n", token_error_text());
		return false;
	}
	answer = (!token_login(token, CKU_USER, USER_PIN, 4) ||
		  !token_login(token, CKU_USER, "5678", 4)) &&
		 !token_info(token, &info) && !info.missing_count &&
		 scene_works(token);
	token_close(token);
	return answer;
}

static void a_kill_leaves_the_old_or_the_new_state(void)
{
	struct timespec delay = {0};
	int status, whole = 0;
	pid_t child;

	token_close(scene_token("killed"));
	srand(1);
	for (int i = 0; i < kill_count; i++) {
		fflush(stdout);
		child = fork();
		if (!child)
			work_until_killed();
		delay.tv_nsec = 5000000 + rand() % 45000000;
		nanosleep(&delay, NULL);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		CHECK(WIFSIGNALED(status));
		whole += is_whole_after_kill();
	}
	CHECK(whole == kill_count);
	printf("# %d of %d whole\n", whole, kill_count);
}

/* ---- Guessing ------------------------------------------------------------ */

/* The exit status is how many guesses were looked at. */
static void guess(void)
{
	struct token *token;
	int looked_at = 0;

	scene_need(token_open("guess", &token), "open");
	for (int i = 0; i < 6; i++)
		looked_at += token_login(token, CKU_USER, "0000", 4) ==
			     CKR_PIN_INCORRECT;
	_exit(looked_at);
}

static void guessers_share_their_attempts(void)
{
	pid_t children[8];
	int status, looked_at = 0;
	struct token *token = scene_token("guess");

	fflush(stdout);
	for (int i = 0; i < 8; i++) {
		children[i] = fork();
		if (!children[i])
			guess();
	}
	for (int i = 0; i < 8; i++) {
		waitpid(children[i], &status, 0);
		looked_at += WEXITSTATUS(status);
	}
	CHECK(looked_at == KEY_PIN_ATTEMPTS);
	CHECK(!token_logout(token));
	CHECK(token_login(token, CKU_USER, USER_PIN, 4) == CKR_PIN_LOCKED);
	CHECK(!token_login(token, CKU_SO, SO_PIN, 8));
	CHECK(!token_init_pin(token, USER_PIN, 4));
	token_close(token);
	CHECK(works("guess"));
}

/* ---- Other key PALs ------------------------------------------------------ */

/*
 * Copies of the key PAL that differ in their security version (at 56 in the
 * header), signed by one authority.
 */
static void make_versions(void)
{
	char line[2048];

	snprintf(line, sizeof(line),
		 "cp '%s' v1.pal; cp v1.pal v2.pal; chmod u+w *.pal; "
		 "printf '\\002' | dd of=v2.pal bs=1 seek=56 conv=notrunc; "
		 "'%s' keygen -o key.pem -p public.pem; "
		 "'%s' sign -k key.pem v1.pal; '%s' sign -k key.pem v2.pal; "
		 "printf 'mode measured\\nauthority owner public.pem\\n' > policy.conf; "
		 "'%s' policy compile -o policy.bin policy.conf",
		 getenv("PALISADE_KEY_PAL"), pal_tool, pal_tool, pal_tool,
		 pal_tool);
	shell(line);
}

static void an_older_key_pal_is_refused(void)
{
	char plain[512], path[1024];

	make("version");
	snprintf(plain, sizeof(plain), "%s", getenv("PALISADE_KEY_PAL"));
	make_versions();
	snprintf(path, sizeof(path), "%s/policy.bin",
		 getenv("PALISADE_TOKENS"));
	setenv("PAL_SIM_POLICY", path, 1);
	snprintf(path, sizeof(path), "%s/v1.pal", getenv("PALISADE_TOKENS"));
	setenv("PALISADE_KEY_PAL", path, 1);
	CHECK(works("version")); /* the same image, to the last bit */
	make("signed");
	path[strlen(path) - 5] = '2';
	setenv("PALISADE_KEY_PAL", path, 1);
	CHECK(is_refused("version", "another key PAL"));
	CHECK(works("signed")); /* an update opens it */
	shell("cp -r signed updated");
	token_close(scene_open("signed"));
	make("newer");
	path[strlen(path) - 5] = '1';
	setenv("PALISADE_KEY_PAL", path, 1);
	CHECK(is_refused("newer", "newer version"));
	setenv("PALISADE_KEY_PAL", plain, 1);
	unsetenv("PAL_SIM_POLICY");
	CHECK(is_refused("newer", "another key PAL"));
	CHECK(works("version"));
}

/* A process, and a machine's uptime, of its own: one has 5 tokens at most. */
static void run_apart(void (*test)(void))
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		tap_is_good = true;
		scene_boot();
		test();
		fflush(stdout);
		_exit(!tap_is_good);
	}
	waitpid(child, &status, 0);
	tap_is_good = !status;
}

#define APART(test)                                                            \
	do {                                                                   \
		run_apart(test);                                               \
		tap_failed_count += !tap_is_good;                              \
		printf("%sok %d - %s\n", tap_is_good ? "" : "not ",            \
		       ++tap_count, #test);                                    \
	} while (0)

static void run_in_simulator(void)
{
	APART(a_damaged_token_is_refused);
	APART(damaged_objects_are_missing_and_others_work);
	APART(tokens_do_not_mix);
	APART(an_old_state_is_refused);
	APART(a_destroyed_key_stays_destroyed);
	APART(another_root_is_told);
	APART(a_full_disk_changes_nothing);
	APART(an_older_key_pal_is_refused);
}

int main(int argc, char **argv)
{
	if (argc > 2)
		return fprintf(stderr, "usage: test_robust [PAL-TOOL]\n"), 2;
	scene_begin();
	if (argc == 2) {
		pal_tool = argv[1];
		run_in_simulator();
	} else {
		kill_count = 20;
	}
	APART(processes_change_a_token_together);
	APART(a_kill_leaves_the_old_or_the_new_state);
	APART(guessers_share_their_attempts);
	return TAP_END();
}
