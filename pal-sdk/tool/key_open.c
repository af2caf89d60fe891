/* SPDX-License-Identifier: BSD-2-Clause */
/* For the pal command; key.c is libpal's, too, and says nothing by itself. */
#include <stdlib.h>
#include "command.h"
#include "key.h"

int key_open(const char *path, struct key *key)
{
	char why[512];

	if (!key_read(path, key, why, sizeof(why)))
		return 0;
	report("%s", why);
	return EXIT_FAILURE;
}
