/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sealing roots (abi/root.h) on their way from the owner to the module.  What
 * holds one is wiped with root_wipe() as soon as it is not needed any more.
 */
#ifndef TOOL_ROOT_H
#define TOOL_ROOT_H

#include "abi/root.h"

/*
 * Read a root from file `path`; "-" is standard input.  The file either is the
 * root, 32 to 64 bytes, or was made for a passphrase (root_passphrase.h), which
 * is then asked for.  Returns 0, or -1 after a message; then *root is zeros.
 */
int root_read(const char *path, struct hv_root *root);

void root_wipe(struct hv_root *root);

#endif /* TOOL_ROOT_H */
