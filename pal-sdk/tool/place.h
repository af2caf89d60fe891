/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where this installation's files are.  Told by where the running program is,
 * so that a copy of the whole tree works in any other place:
 *
 *	PREFIX/bin/pal		PREFIX/lib/palisade/	installed
 *	build/pal-sdk/pal	build/pal-sdk/sdk/	in the source tree
 */
#ifndef TOOL_PLACE_H
#define TOOL_PLACE_H

#define PLACE_SIZE 4096

/*
 * The folder with what PALs are built from (pal.ld is in it), absolute.
 * Returns 0, or -1 after a message that names where it was looked for.
 */
int place_sdk(char path[PLACE_SIZE]);

/* The hypervisor of this installation; static, never NULL. */
const char *place_hypervisor(void);

#endif /* TOOL_PLACE_H */
