/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DMA protection: the hypervisor gets the firmware's table of IOMMUs, and the
 * OS does not find it any more, so that it leaves them alone.
 */
#ifndef GRUB_DMA_H
#define GRUB_DMA_H

#include "abi/launch.h"
#include "memory.h"

/*
 * Fill in what the launch says of IOMMUs.  rsdp: as acpi_cpus().  A device
 * table is taken from `memory`; it is still to be reserved.
 */
void dma_prepare(uint64_t rsdp, struct memory *memory,
		 struct hv_launch *launch);

/* The OS finds the table again. */
void dma_give_back(uint64_t rsdp);

#endif
