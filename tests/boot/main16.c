/* SPDX-License-Identifier: BSD-2-Clause */
/* The first image: the BIOS's tests, then all probes in two modes. */
#include "bios.h"
#include "probe.h"

void main(void);
void trap_in_real_mode(void);
void go_protected(void (*next)(void)) __attribute__((noreturn));
void go_next(void) __attribute__((noreturn));

static void in_protected_mode(void)
{
	tables_load();
	probes_run("p16", true);
	go_next();
}

void main(void)
{
	reset_if_wanted();
	bios_tests();
	tables_fill();
	trap_in_real_mode();
	probes_run("real", false);
	go_protected(in_protected_mode);
}
