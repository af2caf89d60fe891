/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one policy table: what of the machine the OS may use, for both vendors.
 * (What the machine's owner lets PALs do is another policy: abi/policy.h.)
 *
 * A row is for a range; of several that have a register the first holds, and
 * what no row has is refused.  A vendor derives its bitmaps and intercepts from
 * the table, so what is passed both ways causes no exits.
 */
#ifndef CORE_ACCESS_H
#define CORE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/launch.h"

enum access_kind {
	ACCESS_COMMAND,		/* the APIC's: delivery modes, 0 to 7 */
	ACCESS_MEMORY,		/* devices' registers; not what is hidden */
	ACCESS_MSR,
	ACCESS_PCI,		/* configuration: ACCESS_CONFIG_AT() */
	ACCESS_PORT,
};

enum access_rule {
	ACCESS_PASS,		/* the machine's, without an exit */
	ACCESS_REFUSE,		/* #GP */
	ACCESS_IGNORE,		/* a write does nothing */
	ACCESS_VALUE,		/* reads as the row's value, if it exists */
	ACCESS_BITS,		/* only the value's bits may change */
	ACCESS_SET,		/* bits may be set, none be cleared */
	ACCESS_PAUSE,		/* with one of the value's bits it runs: not
				 * while a PAL does */
	ACCESS_EFER,		/* the guest's own; SVME is set, for it is in use */
	ACCESS_APIC_BASE,	/* may change, but neither move the APIC nor
				 * switch it off */
	ACCESS_RESET,		/* a byte with one of the value's bits ends what
				 * runs here: wipe first */
	ACCESS_RESET_VALUE,	/* this byte does */
	ACCESS_KEYBOARD,	/* what moves the reset line does */
	ACCESS_CONFIG,		/* as the function's class has a row, ACCESS_PCI */
	ACCESS_IOMMU,		/* a write does nothing while we have it */
	ACCESS_TSC,		/* the OS's view of it only */
	ACCESS_ICR,		/* a command, if they are guarded at all */
	ACCESS_STARTUP,		/* done by core/startup.c, or dropped */
};

struct access_row {
	enum access_kind kind;
	uint64_t first, last;
	enum access_rule read, write;
	uint64_t value;
	const char *reason;
};

/* All rows, in order. */
const struct access_row *access_rows(unsigned int *count);

/*
 * The row that holds; NULL: there is none, refuse.  ACCESS_MEMORY and
 * ACCESS_PORT always have one.
 */
const struct access_row *access_find(enum access_kind kind, uint64_t at);

/*
 * A register of PCI configuration, by what the function is: its maker (0: any),
 * class with subclass.
 */
#define ACCESS_CONFIG_AT(maker, class, offset) \
	((uint64_t)(maker) << 28 | (uint64_t)(class) << 12 | (offset))

static inline bool access_has(const struct access_row *row,
			      enum access_kind kind, uint64_t at)
{
	return row->kind == kind && row->first <= at && at <= row->last;
}

/*
 * The rows for what lies where only the firmware tells, and access_rows() says
 * nothing of: how many were put to `rows`.  They come before the others.
 */
#define ACCESS_MACHINE_ROWS	(HV_LAUNCH_ENDS + HV_LAUNCH_ECAMS)
unsigned int access_machine_rows(const struct hv_launch *launch,
				 struct access_row rows[ACCESS_MACHINE_ROWS]);

/* Registers with ACCESS_PAUSE, each a row of its own. */
#define ACCESS_PAUSED_MAX	24u

#endif
