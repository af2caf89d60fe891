/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for the crypto library in the notary's threads: thread 0, which only
 * the hypervisor has, uses the heap.  The others each have a piece of their own
 * that is empty at the start of every call: the heap has a lock, and a thread
 * that stops for good while it holds it would stop all judging.
 *
 * With this, the functions of crypto/platform/crypto_memory.h are the
 * notary's own.
 */
#ifndef NOTARY_ARENA_H
#define NOTARY_ARENA_H

/* A call begins: wipe and forget what the thread had before. */
void arena_begin(unsigned int thread);

#endif /* NOTARY_ARENA_H */
