// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The descriptor holds the PAL.  A forked child and whoever else gets a copy
 * keep the PAL alive by it, but can do nothing with it: only the address
 * space that made the PAL may ask or call.
 */
#include "pal_file.h"

#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "abi/ioctl.h"
#include "args.h"
#include "pal.h"
#include "stats.h"

static long pal_file_ioctl(struct file *file, unsigned int command,
			   unsigned long argument)
{
	struct pal *pal = file->private_data;

	if (current->mm != pal->mm)
		return -EPERM;
	if (command != PALISADE_PAL_INFO)
		return -ENOTTY;
	return stats_pal_info(pal, (void __user *)argument);
}

static int pal_file_release(struct inode *inode, struct file *file)
{
	pal_end(file->private_data);
	return 0;
}

static const struct file_operations pal_file_operations = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = pal_file_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = pal_file_release,
};

/* Give the PAL a descriptor; whatever fails here ends the PAL. */
static int install(struct pal *pal, const struct palisade_create *args,
		   void __user *user)
{
	struct file *file;
	int fd;

	file = anon_inode_getfile("[palisade-pal]", &pal_file_operations, pal,
				  O_RDWR);
	if (IS_ERR(file)) {
		pal_end(pal);
		return PTR_ERR(file);
	}
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		fput(file);
		return fd;
	}
	if (args_give(args, user, sizeof(*args), 0)) {
		put_unused_fd(fd);
		fput(file);
		return -EFAULT;
	}
	fd_install(fd, file);
	return fd;
}

int pal_file_create(void __user *user)
{
	struct palisade_create args;
	struct pal *pal;
	int err = args_take(&args, user, sizeof(args), 0);

	if (err)
		return err;
	if (args.reserved)
		return -EINVAL;
	args.handle = 0;
	args.thread_count = 0;
	args.hv_status = HV_OK;
	args.hv_detail = 0;
	pal = pal_make(&args);
	if (IS_ERR(pal))
		return args_give(&args, user, sizeof(args), PTR_ERR(pal));
	return install(pal, &args, user);
}
