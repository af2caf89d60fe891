/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The owner's policy, as `pal policy compile` makes it, in a module of GRUB's.
 *
 * It is judged here by the notary's own rules, before anything is started: a
 * policy that the notary does not understand would let no PAL run, and the
 * owner would hear of it late.
 */
#ifndef GRUB_POLICY_H
#define GRUB_POLICY_H

#include "info.h"

/* Fails the machine if this is no policy; NULL: there is none. */
void policy_judge_module(const struct info_module *module);

/* Between the last CPU's entry and HC_LAUNCHED: hand it to the hypervisor. */
void policy_give(const struct info_module *module);

#endif
