/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What Linux must not do while the hypervisor is there: take CPUs on- or
 * offline (refused, unless it was there before Linux: then they come up under
 * it); sleep (refused); reboot, halt or kexec (ends PALs first, so that secrets
 * are wiped before control of memory is lost).
 */
#ifndef LOADER_GUARD_H
#define LOADER_GUARD_H

/* Returns 0 or an errno, with nothing registered. */
int guard_register(void);
void guard_unregister(void);

#endif /* LOADER_GUARD_H */
