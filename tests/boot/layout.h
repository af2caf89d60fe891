/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the parts of the tests' boot disk are in memory: each has 32 KiB. */
#ifndef BOOT_LAYOUT_H
#define BOOT_LAYOUT_H

#define STAGE16_AT	0x10000
#define STAGE32_AT	0x18000
#define STAGE64_AT	0x20000
#define TABLES_AT	0x40000		/* of 32-bit paging */
#define LONG_TABLES_AT	0x50000

/* Another CPU, and what it writes down. */
#define AP_AT		0x9000
#define AP_COUNT	0x9100
#define AP_EDX		0x9104
#define AP_CR0		0x9108
#define AP_CR4		0x910c
#define AP_CS		0x9110		/* and DS */

/* In the boot sector: 0, or how the disk's program resets the machine. */
#define RESET_WAY	0x7db0

/* What the boot sector was handed. */
#define KEPT_AT		0x600
#define KEPT_EAX	0x600
#define KEPT_EDX	0x604
#define KEPT_ESP	0x608
#define KEPT_FLAGS	0x60c
#define KEPT_CS		0x610
#define KEPT_DS		0x612
#define KEPT_ES		0x614
#define KEPT_SS		0x616
#define KEPT_ESI	0x618

#endif
