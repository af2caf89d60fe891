/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine at hand, for the scenes in fake_notary.h and fake_peer.h. */
#ifndef UNIT_FAKE_SCENE_H
#define UNIT_FAKE_SCENE_H

#include "fake_machine.h"

extern struct hv *hv;
extern struct cpu *cpu;		/* on which the test calls */

#endif
