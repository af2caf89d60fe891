// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Another thread may rewrite the structure at any time, so it is judged only
 * once it is copied.
 */
#include "args.h"

#include <linux/errno.h>
#include <linux/uaccess.h>

struct args_head {
	u32 size, flags;
};

static int check_stated_size(const void __user *user, u32 size)
{
	u32 stated;

	if (copy_from_user(&stated, user, sizeof(stated)))
		return -EFAULT;
	if (stated > size)
		return -E2BIG;
	return stated < size ? -EINVAL : 0;
}

int args_take(void *args, const void __user *user, u32 size, u32 known_flags)
{
	const struct args_head *head = args;
	int err = check_stated_size(user, size);

	if (err)
		return err;
	if (copy_from_user(args, user, size))
		return -EFAULT;
	if (head->size != size || head->flags & ~known_flags)
		return -EINVAL;
	return 0;
}

int args_give(const void *args, void __user *user, u32 size, int err)
{
	return copy_to_user(user, args, size) ? -EFAULT : err;
}
