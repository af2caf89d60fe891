/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mutexes as C_Initialize() was told to make them: the system's, or those of
 * the application, where it forbids the system's.
 */
#ifndef LIB_LOCK_H
#define LIB_LOCK_H

#include <pthread.h>
#include "cryptoki.h"

struct lock {
	pthread_mutex_t own;
	void *application; /* or NULL */
};

/*
 * Take from C_Initialize()'s arguments, which may be NULL, whose mutexes will
 * be used.  Returns CKR_OK, or CKR_ARGUMENTS_BAD when only some of the four
 * functions are there or `reserved` is set; then nothing has changed.
 */
CK_RV lock_choose(const CK_C_INITIALIZE_ARGS *args);

/* Returns CKR_OK, or what the application's function returned. */
CK_RV lock_make(struct lock *lock);
void lock_destroy(struct lock *lock);

void lock_take(struct lock *lock);
void lock_release(struct lock *lock);

#endif /* LIB_LOCK_H */
