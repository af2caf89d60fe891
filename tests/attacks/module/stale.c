// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The reader must not leave the guest between its reads, or its translations
 * are dropped: so no interrupts, and nothing that the hypervisor sees.  Who
 * waits gives up after a while, so a lost partner does not stop the machine.
 */
#include "stale.h"

#include <linux/atomic.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <asm/msr.h>
#include <asm/processor.h>

#include "abi/hypercall.h"
#include "call.h"
#include "probe.h"

/* A minute or so: a host may give a CPU nothing to run on for seconds. */
#define PATIENCE_CYCLES	200000000000ULL

enum turn { STALE_START, STALE_HAS_READ, STALE_GIVEN };

static atomic_t turn = ATOMIC_INIT(STALE_START);

static bool wait_for(enum turn wanted)
{
	u64 start = rdtsc();

	while (atomic_read(&turn) != wanted) {
		if (rdtsc() - start > PATIENCE_CYCLES)
			return false;
		cpu_relax();
	}
	return true;
}

static s64 call(u64 number, u64 rdi)
{
	struct attack_call call = { .number = number, .rdi = rdi };

	call_make(&call);
	return call.result == ATTACK_WORKED ? call.status : -1000;
}

int stale_reader(struct attack_stale *stale)
{
	const void *at = phys_to_virt(stale->block);
	unsigned long flags;
	u64 value;

	local_irq_save(flags);
	stale->before = probe_read(at, &value);
	atomic_set(&turn, STALE_HAS_READ);
	stale->is_late = !wait_for(STALE_GIVEN);
	stale->between = probe_read(at, &value);
	call(HC_FLUSH, 0);
	stale->after = probe_read(at, &value);
	atomic_set(&turn, STALE_START);
	local_irq_restore(flags);
	return 0;
}

int stale_giver(struct attack_stale *stale)
{
	unsigned long flags;

	local_irq_save(flags);
	stale->is_late = !wait_for(STALE_HAS_READ);
	stale->add_status = call(HC_POOL_ADD, stale->block);
	call(HC_FLUSH, 0);
	stale->create_status = call(HC_PAL_CREATE, stale->header);
	atomic_set(&turn, STALE_GIVEN);
	local_irq_restore(flags);
	return 0;
}
