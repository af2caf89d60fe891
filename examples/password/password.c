/* SPDX-License-Identifier: BSD-2-Clause */
/* Does what its input says, line by line: add USER PASSWORD, check the same. */
#include <pal_host.h>
#include <stdio.h>
#include <string.h>
#include "password.h"

PAL_STUBS(PASSWORD_FUNCTIONS);

#define DEFAULT_IMAGE "/usr/lib/palisade/password.pal"

static const char *answer_text(int status)
{
	switch (status) {
	case 0:
		return "yes";
	case PASSWORD_EWRONG:
		return "no";
	case PASSWORD_ELOCKED:
		return "locked: too many attempts";
	case PASSWORD_EEXISTS:
		return "there is such a user already";
	case PASSWORD_EFULL:
		return "no room for another user";
	case PASSWORD_ETEXT:
		return "a name or password is too long";
	default:
		return pal_error_text();
	}
}

/* Returns 0, or 1 when the PAL is of no use any more. */
static int obey(struct pal *pal, const char *line)
{
	struct password_login login = {0};
	char verb[8] = "";
	int status;

	if (sscanf(line, "%7s %31s %95s", verb, login.user, login.password) !=
	    3) {
		puts("say: add USER PASSWORD, or check USER PASSWORD");
		return 0;
	}
	if (!strcmp(verb, "add")) {
		status = password_add(pal, &login);
	} else if (!strcmp(verb, "check")) {
		status = password_check(pal, &login);
	} else {
		puts("say: add or check");
		return 0;
	}
	printf("%s %s: %s\n", verb, login.user, answer_text(status));
	return status < PAL_ERROR_LOWEST;
}

int main(int argc, char **argv)
{
	const char *image = DEFAULT_IMAGE;
	char line[256];
	struct pal *pal;
	int failed = 0;

	if (argc == 3 && !strcmp(argv[1], "-i")) {
		image = argv[2];
	} else if (argc != 1) {
		fputs("usage: password [-i IMAGE.pal]\n", stderr);
		return 2;
	}
	if (pal_open(image, &pal)) {
		fprintf(stderr, "password: %s\n", pal_error_text());
		return 1;
	}
	while (!failed && fgets(line, sizeof(line), stdin))
		failed = obey(pal, line);
	pal_close(pal);
	return failed;
}
