// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Knows QEMU's device `edu` (docs/specs/edu in its source): it has 4 KiB that
 * only its DMA reaches, so each copy goes through a page of Linux's own.
 */
#include "dma.h"

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/pci.h>

#define EDU_VENDOR	0x1234
#define EDU_DEVICE	0x11e8
#define EDU_MEMORY	0x40000
#define EDU_SOURCE	0x80
#define EDU_TARGET	0x88
#define EDU_COUNT	0x90
#define EDU_COMMAND	0x98
#define EDU_START	1
#define EDU_TO_MEMORY	2
#define TRIES		2000
#define STALE		0x6c6174735f646c6fULL

struct edu {
	void __iomem *registers;
	u64 *page;
};

static int run(const struct edu *edu, u64 source, u64 target, u64 command)
{
	int tries;

	writeq(source, edu->registers + EDU_SOURCE);
	writeq(target, edu->registers + EDU_TARGET);
	writeq(sizeof(u64), edu->registers + EDU_COUNT);
	writeq(command | EDU_START, edu->registers + EDU_COMMAND);
	for (tries = 0; tries < TRIES; tries++) {
		if (!(readq(edu->registers + EDU_COMMAND) & EDU_START))
			return 0;
		msleep(20);
	}
	return -ETIMEDOUT;
}

static int fetch(const struct edu *edu, u64 address)
{
	return run(edu, address, EDU_MEMORY, 0);
}

static int store(const struct edu *edu, u64 address)
{
	return run(edu, EDU_MEMORY, address, EDU_TO_MEMORY);
}

static int copy(const struct edu *edu, struct attack_dma *dma)
{
	u64 own = virt_to_phys(edu->page);
	int err;

	/* What a refused copy leaves in the device is not from before. */
	WRITE_ONCE(*edu->page, dma->is_write ? dma->value : STALE);
	err = fetch(edu, own);
	if (err || dma->is_write)
		return err ? err : store(edu, dma->address);
	err = fetch(edu, dma->address);
	if (!err)
		err = store(edu, own);
	dma->value = READ_ONCE(*edu->page);
	return err;
}

static int copy_by(struct pci_dev *device, struct attack_dma *dma)
{
	struct edu edu = { .page = (u64 *)get_zeroed_page(GFP_KERNEL) };
	int err = -ENOMEM;

	if (!edu.page)
		return err;
	edu.registers = pci_iomap(device, 0, 0);
	if (edu.registers) {
		pci_set_master(device);
		err = copy(&edu, dma);
		pci_iounmap(device, edu.registers);
	}
	free_page((unsigned long)edu.page);
	dma->device = PCI_DEVID(device->bus->number, device->devfn);
	return err;
}

int dma_copy(struct attack_dma *dma)
{
	struct pci_dev *device = pci_get_device(EDU_VENDOR, EDU_DEVICE, NULL);
	int err;

	if (!device)
		return -ENODEV;
	err = pci_enable_device(device);
	if (!err) {
		err = copy_by(device, dma);
		pci_disable_device(device);
	}
	pci_dev_put(device);
	return err;
}
