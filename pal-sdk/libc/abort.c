/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a PAL by its own decision: an invalid instruction, which the
 * hypervisor turns into a dead PAL, wiped, and an error for the caller.
 */
#include <stdlib.h>

_Noreturn void __stack_chk_fail(void);

_Noreturn void abort(void)
{
	__builtin_trap();
}

_Noreturn void __stack_chk_fail(void)
{
	abort();
}
