/* SPDX-License-Identifier: BSD-2-Clause */
/* Has its PAL hash standard input, of any size, through a shared window. */
#include <errno.h>
#include <pal_host.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "xlarge.h"

PAL_STUBS(XLARGE_FUNCTIONS);

#define DEFAULT_IMAGE "/usr/lib/palisade/xlarge.pal"
#define DEFAULT_MIB   64

static int hash_input(struct pal *pal, struct xlarge_hash *result)
{
	int status = xlarge_begin(pal);

	while (!status) {
		struct xlarge_piece piece;

		/* Read right into the memory that the PAL sees. */
		piece.size = fread(pal_data(pal), 1, pal_data_size(pal), stdin);
		if (!piece.size)
			break;
		status = xlarge_feed(pal, &piece);
	}
	if (!status && ferror(stdin)) {
		fprintf(stderr, "xlarge: standard input: %s\n",
			strerror(errno));
		return 1;
	}
	if (!status)
		status = xlarge_finish(pal, result);
	if (status)
		fprintf(stderr, "xlarge: %s\n", pal_error_text());
	return status != 0;
}

int main(int argc, char **argv)
{
	const char *image = DEFAULT_IMAGE;
	struct xlarge_hash result;
	size_t mib = DEFAULT_MIB;
	struct pal *pal;
	int failed, first = 1;

	if (argc > 2 && !strcmp(argv[1], "-i")) {
		image = argv[2];
		first = 3;
	}
	if (first < argc)
		mib = strtoul(argv[first], NULL, 10);
	if (mib < 1 || mib > 512 || first + 1 < argc) {
		fputs("usage: xlarge [-i IMAGE.pal] [MIB] < FILE\n", stderr);
		return 2;
	}
	if (pal_open_with_data(image, mib << 20, &pal)) {
		fprintf(stderr, "xlarge: %s\n", pal_error_text());
		return 1;
	}
	failed = hash_input(pal, &result);
	pal_close(pal);
	for (size_t i = 0; !failed && i < sizeof(result.bytes); i++)
		printf("%02x", result.bytes[i]);
	if (!failed)
		putchar('\n');
	return failed;
}
