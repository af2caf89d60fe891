/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The rules of abi/ioctl.h that hold for every structure.
 */
#ifndef LOADER_ARGS_H
#define LOADER_ARGS_H

#include <linux/types.h>

/*
 * Copy the structure of `size` bytes that begins with its size and flags.
 * Returns 0, -EFAULT, -E2BIG (it says it is larger), or -EINVAL (smaller, or
 * flags that are not in `known_flags`).  Use `args` only when 0.
 */
int args_take(void *args, const void __user *user, u32 size, u32 known_flags);

/* Copy it back; returns `err`, or -EFAULT. */
int args_give(const void *args, void __user *user, u32 size, int err);

#endif /* LOADER_ARGS_H */
