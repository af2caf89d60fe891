/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * How long, and how politely, to repeat a hypercall that is not finished.
 */
#ifndef LOADER_PATIENCE_H
#define LOADER_PATIENCE_H

struct patience {
	unsigned long deadline;		/* jiffies */
	unsigned int tries;
};

void patience_begin(struct patience *patience);

/*
 * Between two tries: let others run, and now and then make every CPU enter
 * the hypervisor, so that PAL threads come off theirs and stale translations
 * go.  Returns 0, or -ETIMEDOUT, logged, after a minute.
 */
int patience_wait(struct patience *patience);

#endif /* LOADER_PATIENCE_H */
