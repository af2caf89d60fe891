/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths relative to the program itself. */
#include "place.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "command.h"

#define SYSTEM_HYPERVISOR "/lib/palisade/palisade.bin"

/* The folder that the program is in, without a slash at the end. */
static void own_folder(char path[PLACE_SIZE])
{
	ssize_t length = readlink("/proc/self/exe", path, PLACE_SIZE - 1);
	char *slash;

	path[length > 0 ? length : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	else
		snprintf(path, PLACE_SIZE, "/usr/bin");
}

/* The folder above, of an absolute path. */
static void go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
}

/* base/name in path, if a file below it is there. */
static bool is_there(char path[PLACE_SIZE], const char *base, const char *name,
		     const char *file)
{
	char probe[PLACE_SIZE];
	int length = snprintf(path, PLACE_SIZE, "%s/%s", base, name);

	if (length < 0 || length >= PLACE_SIZE)
		return false;
	length = snprintf(probe, sizeof(probe), "%s%s", path, file);
	return length > 0 && length < PLACE_SIZE && !access(probe, R_OK);
}

int place_sdk(char path[PLACE_SIZE])
{
	char folder[PLACE_SIZE], prefix[PLACE_SIZE];

	own_folder(folder);
	memcpy(prefix, folder, sizeof(prefix));
	go_up(prefix);
	if (is_there(path, folder, "stage/lib/palisade", "/pal.ld") ||
	    is_there(path, prefix, "lib/palisade", "/pal.ld"))
		return 0;
	report("what PALs are built from is not in %s/lib/palisade: install "
	       "libpal-dev, or say `make` in the source tree",
	       prefix);
	return -1;
}

const char *place_hypervisor(void)
{
	static char path[PLACE_SIZE];
	char prefix[PLACE_SIZE];

	own_folder(prefix);
	go_up(prefix);
	return is_there(path, prefix, "lib/palisade/palisade.bin", "")
		       ? path
		       : SYSTEM_HYPERVISOR;
}
