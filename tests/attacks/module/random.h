/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Hypercalls that nobody meant. */
#ifndef RANDOM_H
#define RANDOM_H

#include "attack.h"

int random_calls(struct attack_random *random);

#endif
