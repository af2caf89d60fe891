/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the stub is, for C, assembly and the linker's script. */
#ifndef GRUB_LAYOUT_H
#define GRUB_LAYOUT_H

#define STUB_LOAD	0x100000		/* physical */
#define STUB_BASE	0xffffffff80000000	/* of physical 0 */
#define STUB_ALIAS	0xffffffffc0000000	/* of the hypervisor's memory */
#define STUB_CS		0x10			/* as Linux wants them */
#define STUB_DS		0x18
#define STUB_GDT_COUNT	4

#endif
