/* SPDX-License-Identifier: BSD-2-Clause */
/* Has its PAL greet everybody named on the command line. */
#include <pal_host.h>
#include <stdio.h>
#include <string.h>
#include "hello.h"

#define DEFAULT_IMAGE "/usr/lib/palisade/hello.pal"

PAL_STUBS(HELLO_FUNCTIONS);

static int greet(struct pal *pal, const char *name)
{
	struct greet_request request = {0};
	struct greet_reply reply;

	snprintf(request.name, sizeof(request.name), "%s", name);
	if (hello_greet(pal, &request, &reply)) {
		fprintf(stderr, "hello: %s\n", pal_error_text());
		return 1;
	}
	puts(reply.text);
	return 0;
}

int main(int argc, char **argv)
{
	const char *image = DEFAULT_IMAGE;
	struct pal *pal;
	int first = 1, failed = 0;

	if (argc > 2 && !strcmp(argv[1], "-i")) {
		image = argv[2];
		first = 3;
	}
	if (first >= argc || *argv[first] == '-') {
		fputs("usage: hello [-i IMAGE.pal] NAME...\n", stderr);
		return 2;
	}
	if (pal_open(image, &pal)) {
		fprintf(stderr, "hello: %s\n", pal_error_text());
		return 1;
	}
	for (int i = first; i < argc; i++)
		failed |= greet(pal, argv[i]);
	pal_close(pal);
	return failed;
}
