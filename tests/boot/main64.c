/* SPDX-License-Identifier: BSD-2-Clause */
/* The third image: all probes in 64-bit mode, and the end. */
#include "probe.h"

void main(void);

void main(void)
{
	probes_run("long", true);
	print("end");
	print_end();
	outb(0xf4, 0);
	for (;;)	/* QEMU may take a moment to end */
		__asm__ volatile("cli; hlt");
}
