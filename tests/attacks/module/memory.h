/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Reading and writing memory that is or is not Linux's: see attack.h. */
#ifndef MEMORY_H
#define MEMORY_H

#include "attack.h"

int memory_sweep(struct attack_sweep *sweep);
int memory_refused(struct attack_refused *refused);
int memory_find(struct attack_find *find);
int memory_read(struct attack_word *word);
int memory_write(struct attack_word *word);

#endif
