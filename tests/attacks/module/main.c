// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * attack.ko: a kernel that has gone over to the attacker, as far as root likes
 * (attack.h).  For tests only: it hands the whole machine to root.
 */
#define pr_fmt(fmt) "attack: " fmt

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "attack.h"
#include "block.h"
#include "call.h"
#include "cpu.h"
#include "device.h"
#include "dma.h"
#include "expose.h"
#include "memory.h"
#include "random.h"
#include "stale.h"

union arguments {
	struct attack_block block;
	struct attack_sweep sweep;
	struct attack_refused refused;
	struct attack_find find;
	struct attack_word word;
	struct attack_translate translate;
	struct attack_offline offline;
	struct attack_call call;
	struct attack_random random;
	struct attack_msr msr;
	struct attack_execute execute;
	struct attack_device device;
	struct attack_stale stale;
	struct attack_nmi nmi;
	struct attack_dma dma;
	struct attack_port port;
};

static int translate(struct attack_translate *translate)
{
	struct page *page;

	if (get_user_pages_fast(translate->address, 1, 0, &page) != 1)
		return -EFAULT;
	translate->address = page_to_phys(page) +
			     offset_in_page(translate->address);
	put_page(page);
	return 0;
}

static int obey(unsigned int command, union arguments *args)
{
	switch (command) {
	case ATTACK_BLOCK:
		return block_allocate(&args->block);
	case ATTACK_SWEEP:
		return memory_sweep(&args->sweep);
	case ATTACK_REFUSED:
		return memory_refused(&args->refused);
	case ATTACK_FIND:
		return memory_find(&args->find);
	case ATTACK_READ:
		return memory_read(&args->word);
	case ATTACK_WRITE:
		return memory_write(&args->word);
	case ATTACK_TRANSLATE:
		return translate(&args->translate);
	case ATTACK_OFFLINE:
		return expose_offline(&args->offline);
	case ATTACK_CALL:
		return call_make(&args->call);
	case ATTACK_RANDOM:
		return random_calls(&args->random);
	case ATTACK_RDMSR:
		return cpu_read_msr(&args->msr);
	case ATTACK_WRMSR:
		return cpu_write_msr(&args->msr);
	case ATTACK_EXECUTE:
		return cpu_execute(&args->execute);
	case ATTACK_DEVICE_READ:
		return device_read(&args->device);
	case ATTACK_DEVICE_WRITE:
		return device_write(&args->device);
	case ATTACK_DEVICE_TRY:
		return device_try(&args->device);
	case ATTACK_STALE_READER:
		return stale_reader(&args->stale);
	case ATTACK_STALE_GIVER:
		return stale_giver(&args->stale);
	case ATTACK_NMI:
		return device_nmi_count(&args->nmi);
	case ATTACK_DMA:
		return dma_copy(&args->dma);
	case ATTACK_PORT:
		return cpu_access_port(&args->port);
	default:
		return -ENOTTY;
	}
}

static long device_ioctl(struct file *file, unsigned int command,
			 unsigned long argument)
{
	void __user *user = (void __user *)argument;
	size_t size = _IOC_SIZE(command);
	union arguments *args;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (size > sizeof(*args))
		return -ENOTTY;
	args = kzalloc(sizeof(*args), GFP_KERNEL);
	if (!args)
		return -ENOMEM;
	err = copy_from_user(args, user, size) ? -EFAULT : 0;
	if (!err)
		err = obey(command, args);
	if (!err && copy_to_user(user, args, size))
		err = -EFAULT;
	kfree(args);
	return err;
}

static int device_mmap(struct file *file, struct vm_area_struct *area)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	return remap_pfn_range(area, area->vm_start, area->vm_pgoff,
			       area->vm_end - area->vm_start,
			       area->vm_page_prot);
}

static const struct file_operations device_operations = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = device_ioctl,
	.mmap = device_mmap,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "attack",
	.fops = &device_operations,
	.mode = 0600,
};

static int __init attack_init(void)
{
	int err = expose_dev_mem();

	if (err)
		return err;
	err = device_init();
	if (err)
		goto out_expose;
	err = misc_register(&device);
	if (!err)
		return 0;
	device_end();
out_expose:
	expose_end();
	return err;
}

static void __exit attack_exit(void)
{
	misc_deregister(&device);
	device_end();
	expose_end();
	block_free_all();
}

module_init(attack_init);
module_exit(attack_exit);

MODULE_DESCRIPTION("A hostile kernel, for Palisade's tests");
MODULE_LICENSE("Dual BSD/GPL");
