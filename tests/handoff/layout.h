/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the reporting kernels are linked; loader/grub's stub is at 1 MiB, too. */
#ifndef HANDOFF_LAYOUT_H
#define HANDOFF_LAYOUT_H

#define MULTIBOOT_BASE	0x100000
#define DATA_DISTANCE	0x800000	/* so that GRUB's modules lie between */

#endif
