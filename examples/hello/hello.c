/* SPDX-License-Identifier: BSD-2-Clause */
/* Has its PAL greet everybody named on the command line. */
#include <pal_host.h>
#include <stdio.h>
#include <string.h>
#include "hello.h"

#define DEFAULT_IMAGE "/usr/lib/palisade/hello.pal"

static int greet(struct pal *pal, const char *name)
{
	char text[256];
	size_t size;

	if (pal_call(pal, HELLO_GREET, name, strlen(name), text, sizeof(text),
		     &size)) {
		fprintf(stderr, "hello: %s\n", pal_error_text());
		return 1;
	}
	printf("%.*s\n", (int)size, text);
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
	if (first >= argc) {
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
