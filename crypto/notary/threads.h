/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The notary's threads: 0 is the hypervisor's, for judging; each other one
 * serves one peer at a time and writes counters under its number less one.
 */
#ifndef NOTARY_THREADS_H
#define NOTARY_THREADS_H

#include "register.h"

#define NOTARY_THREADS 9

_Static_assert(NOTARY_THREADS - 1 == REGISTER_WRITERS, "a writer each");

#endif /* NOTARY_THREADS_H */
