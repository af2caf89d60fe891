/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps a secret in a file that only its PAL can open, for who has the PIN. */
#include <errno.h>
#include <pal_host.h>
#include <stdio.h>
#include <string.h>
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
		return "an answer without a try";
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

static int make(struct pal *pal, const char *path)
{
	struct safe_content content;
	struct safe_blob blob;
	int status;

	if (read_text("PIN", content.pin.text, sizeof(content.pin.text)) ||
	    read_text("secret", content.secret.text,
		      sizeof(content.secret.text)))
		return 1;
	status = safe_make(pal, &content, &blob);
	if (status)
		return fail(path, answer_text(status));
	return save(path, &blob);
}

static int open_safe(struct pal *pal, const char *path)
{
	struct safe_attempt attempt;
	struct safe_secret secret;
	struct safe_blob newer;
	int status;

	if (load(path, &attempt.blob) ||
	    read_text("PIN", attempt.pin.text, sizeof(attempt.pin.text)))
		return 1;
	status = safe_try(pal, &attempt, &newer);
	if (status)
		return fail(path, answer_text(status));
	if (save(path, &newer))
		return 1;
	status = safe_answer(pal, &secret);
	if (status)
		return fail(path, answer_text(status));
	printf("%.*s\n", (int)sizeof(secret.text), secret.text);
	return 0;
}

int main(int argc, char **argv)
{
	const char *image = DEFAULT_IMAGE;
	int (*act)(struct pal *, const char *) = NULL;
	struct pal *pal;
	int failed;

	if (argc == 5 && !strcmp(argv[1], "-i")) {
		image = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc == 3 && !strcmp(argv[1], "make"))
		act = make;
	else if (argc == 3 && !strcmp(argv[1], "open"))
		act = open_safe;
	if (!act) {
		fputs("usage: safe [-i IMAGE.pal] make|open FILE\n", stderr);
		return 2;
	}
	if (pal_open(image, &pal))
		return fail(image, pal_error_text());
	failed = act(pal, argv[2]);
	pal_close(pal);
	return failed;
}
