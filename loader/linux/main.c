// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * palisade.ko: /dev/palisade and who may ask it for what (abi/ioctl.h).
 */
#define pr_fmt(fmt) "palisade: " fmt

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/security.h>

#include "abi/ioctl.h"
#include "args.h"
#include "guard.h"
#include "launch.h"
#include "pal_file.h"
#include "stats.h"

#define LAUNCH_FLAGS	(PALISADE_LAUNCH_SERIAL | PALISADE_LAUNCH_CHECK)

static int check_launch_args(const struct palisade_launch *args)
{
	if (args->flags & PALISADE_LAUNCH_SERIAL)
		return args->serial_port > U16_MAX ? -EINVAL : 0;
	return args->serial_port ? -EINVAL : 0;
}

static int launch_as_asked(struct palisade_launch *args)
{
	int err;

	args->hv_status = HV_OK;
	args->hv_detail = HV_REASON_NONE;
	args->failed_cpu = 0;
	if (args->flags & PALISADE_LAUNCH_CHECK)
		return launch_check(args);
	/* The image runs with all rights, as an unsigned module would. */
	err = security_locked_down(LOCKDOWN_MODULE_SIGNATURE);
	return err ? err : launch_start(args);
}

static int ioctl_launch(void __user *user)
{
	struct palisade_launch args;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = args_take(&args, user, sizeof(args), LAUNCH_FLAGS);
	if (!err)
		err = check_launch_args(&args);
	if (err)
		return err;
	err = launch_as_asked(&args);
	return args_give(&args, user, sizeof(args), err);
}

static int ioctl_unload(void __user *user)
{
	struct palisade_unload args;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = args_take(&args, user, sizeof(args), PALISADE_UNLOAD_FORCE);
	if (!err && args.reserved)
		err = -EINVAL;
	if (err)
		return err;
	args.hv_status = HV_OK;
	if (args.flags & PALISADE_UNLOAD_FORCE)
		err = launch_unload_force(&args.hv_status);
	else
		err = launch_unload(&args.hv_status);
	return args_give(&args, user, sizeof(args), err);
}

static int ioctl_log(void __user *user)
{
	return capable(CAP_SYS_ADMIN) ? stats_log(user) : -EPERM;
}

static long device_ioctl(struct file *file, unsigned int command,
			 unsigned long argument)
{
	void __user *user = (void __user *)argument;

	switch (command) {
	case PALISADE_INFO:
		return stats_info(user);
	case PALISADE_LAUNCH:
		return ioctl_launch(user);
	case PALISADE_UNLOAD:
		return ioctl_unload(user);
	case PALISADE_CREATE:
		return pal_file_create(user);
	case PALISADE_SLOT_INFO:
		return stats_slot_info(user);
	case PALISADE_CPU_STATS:
		return stats_cpu(user);
	case PALISADE_LOG:
		return ioctl_log(user);
	case PALISADE_POLICY:
		return stats_policy(user);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations device_operations = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "palisade",
	.fops = &device_operations,
	.mode = 0660,
};

static int __init palisade_init(void)
{
	int err = guard_register();

	if (err)
		return err;
	err = launch_connect();
	if (!err)
		err = misc_register(&device);
	if (err)
		guard_unregister();
	return err;
}

static void __exit palisade_exit(void)
{
	misc_deregister(&device);
	guard_unregister();
}

module_init(palisade_init);
module_exit(palisade_exit);

MODULE_DESCRIPTION("Palisade: private memory for pieces of applications");
MODULE_LICENSE("Dual BSD/GPL");
MODULE_VERSION("1");
