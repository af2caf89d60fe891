/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps a secret in a file that only its PAL can open, for who has the PIN. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pal_host.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "safe.h"

PAL_STUBS(SAFE_FUNCTIONS);

#define DEFAULT_IMAGE "/usr/lib/palisade/safe.pal"

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "safe: %s: %s\n", what, why);
	return 1;
}

static const char *answer_text(int status)
{
	switch (status) {
	case SAFE_EWRONG:
		return "wrong PIN";
	case SAFE_ELOCKED:
		return "locked: too many wrong PINs";
	case SAFE_EOLD:
		return "an old copy: there is a newer one";
	case SAFE_EBLOB:
		return "not made by this PAL, or altered";
	case SAFE_EROOT:
		return "made under another sealing root (pal enable --root)";
	case SAFE_EFULL:
		return "no room for another safe";
	case SAFE_EORDER:
		return "an answer without a blob";
	case SAFE_EPROVE:
		return "the TPM's proof was not enough; try again";
	case SAFE_EFALSE:
		return "what came back is not the TPM's answer: something in "
		       "between lies; try again";
	case SAFE_ECRYPTO:
		return "the PAL cannot seal: no randomness?";
	default:
		return pal_error_text();
	}
}

/* A line of standard input, which must fit with a zero behind it. */
static int read_text(const char *what, char *text, size_t size)
{
	char line[512];
	size_t length;

	if (isatty(STDIN_FILENO))
		fprintf(stderr, "%s: ", what);
	if (!fgets(line, sizeof(line), stdin))
		return fail(what, "missing; say it on standard input");
	length = strcspn(line, "\n");
	if (!length || length >= size)
		return fail(what, length ? "too long" : "empty");
	memset(text, 0, size);
	memcpy(text, line, length);
	return 0;
}

static int load(const char *path, struct safe_blob *blob)
{
	FILE *file = fopen(path, "rb");
	size_t size;

	if (!file)
		return fail(path, strerror(errno));
	size = fread(blob, 1, sizeof(*blob), file);
	fclose(file);
	return size == sizeof(*blob) ? 0 : fail(path, "not a safe");
}

/* Whole, or not at all. */
static int save(const char *path, const struct safe_blob *blob)
{
	char beside[4096];
	FILE *file;
	size_t size;

	if (snprintf(beside, sizeof(beside), "%s.new", path) >=
	    (int)sizeof(beside))
		return fail(path, "too long a name");
	file = fopen(beside, "wb");
	if (!file)
		return fail(beside, strerror(errno));
	size = fwrite(blob, 1, sizeof(*blob), file);
	if (fclose(file) || size != sizeof(*blob))
		return fail(beside, "cannot write");
	return rename(beside, path) ? fail(path, strerror(errno)) : 0;
}

/*
 * Two programs that store a newer blob in the same place would lose one: so
 * nobody else works in its folder until this one ends.
 */
static int lock_folder(const char *path)
{
	char copy[4096];
	int folder;

	if (strlen(path) >= sizeof(copy))
		return fail(path, "too long a name");
	strcpy(copy, path);
	folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 || flock(folder, LOCK_EX))
		return fail(path, strerror(errno));
	return 0;
}

/*
 * The PAL has answered with *status.  If it wants to hear from the TPM, let it:
 * then 1 is returned, and it is to be asked again.
 */
static int wants_more(struct pal *pal, int *status)
{
	if (*status != SAFE_EPROVE)
		return 0;
	*status = pal_tpm_carry(pal, PAL_NUMBER_OF_safe_tpm);
	return !*status;
}

/* Store the blob, and have the PAL's answer to it. */
static int finish(struct pal *pal, const char *path,
		  const struct safe_blob *newer, struct safe_reply *reply)
{
	int status;

	if (save(path, newer))
		return 1;
	status = safe_answer(pal, reply);
	if (wants_more(pal, &status))
		status = safe_answer(pal, reply);
	return status ? fail(path, answer_text(status)) : 0;
}

static int make(struct pal *pal, const char *path, int with_tpm)
{
	struct safe_order order = {.with_tpm = (uint64_t)with_tpm};
	struct safe_content *content = &order.content;
	struct safe_reply reply;
	struct safe_blob blob;
	int status;

	if (read_text("PIN", content->pin.text, sizeof(content->pin.text)) ||
	    read_text("secret", content->secret.text,
		      sizeof(content->secret.text)) ||
	    lock_folder(path))
		return 1;
	if (with_tpm && pal_tpm_check())
		return fail(path, pal_error_text());
	status = safe_make(pal, &order, &blob);
	if (status)
		return fail(path, answer_text(status));
	if (finish(pal, path, &blob, &reply))
		return 1;
	printf("an old copy of it will be refused %s\n",
	       reply.with_tpm ? "for ever: the TPM remembers"
			      : "until the hypervisor ends");
	return 0;
}

static int make_with_tpm(struct pal *pal, const char *path)
{
	return make(pal, path, 1);
}

static int make_without(struct pal *pal, const char *path)
{
	return make(pal, path, 0);
}

static int open_safe(struct pal *pal, const char *path)
{
	struct safe_attempt attempt;
	struct safe_reply reply;
	struct safe_blob newer;
	int status;

	if (read_text("PIN", attempt.pin.text, sizeof(attempt.pin.text)) ||
	    lock_folder(path) || load(path, &attempt.blob))
		return 1;
	status = safe_try(pal, &attempt, &newer);
	if (wants_more(pal, &status))
		status = safe_try(pal, &attempt, &newer);
	if (status)
		return fail(path, answer_text(status));
	if (finish(pal, path, &newer, &reply))
		return 1;
	printf("%.*s\n", (int)sizeof(reply.secret.text), reply.secret.text);
	return 0;
}

typedef int (*action)(struct pal *pal, const char *path);

static action action_of(const char *word)
{
	if (!strcmp(word, "make"))
		return make_without;
	if (!strcmp(word, "make-tpm"))
		return make_with_tpm;
	return strcmp(word, "open") ? NULL : open_safe;
}

int main(int argc, char **argv)
{
	const char *image = DEFAULT_IMAGE;
	struct pal *pal;
	action act;
	int failed;

	if (argc == 5 && !strcmp(argv[1], "-i")) {
		image = argv[2];
		argc -= 2;
		argv += 2;
	}
	act = argc == 3 ? action_of(argv[1]) : NULL;
	if (!act) {
		fputs("usage: safe [-i IMAGE.pal] make|make-tpm|open FILE\n",
		      stderr);
		return 2;
	}
	if (pal_open(image, &pal))
		return fail(image, pal_error_text());
	failed = act(pal, argv[2]);
	pal_close(pal);
	return failed;
}
