/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A PAL as a file descriptor: it ends when the last copy is closed.
 */
#ifndef LOADER_PAL_FILE_H
#define LOADER_PAL_FILE_H

#include <linux/compiler_types.h>

/* PALISADE_CREATE.  Returns the descriptor or an errno. */
int pal_file_create(void __user *user);

#endif /* LOADER_PAL_FILE_H */
