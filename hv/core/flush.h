/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a CPU forgets when it goes from the OS to a PAL, from one PAL to another
 * and back (FLUSH_* in core/platform.h), so that none steers or reads another
 * through what the CPU keeps beside its registers.  The policy chooses nothing,
 * what the CPU reports necessary, or all that it can.  Each CPU decides for
 * itself when its first PAL is about to run; what it does then is in
 * cpu->switch_work, which is 0 where nothing is to be done.
 *
 * hv/SIDE_CHANNELS.md says what is held off by this, and what is not.
 */
#ifndef CORE_FLUSH_H
#define CORE_FLUSH_H

#include "core/cpu.h"

/* This CPU enters the hypervisor: nothing is decided yet. */
void flush_begin(struct cpu *cpu);

/* Called where cpu->switch_work is not 0, last before a PAL and the OS run. */
void flush_for_pal(struct cpu *cpu);
void flush_for_os(struct cpu *cpu);

/* Another PAL of a chain runs next. */
void flush_between_pals(const struct cpu *cpu);

#endif
