/* SPDX-License-Identifier: BSD-2-Clause */
/* Mutexes: the system's or the application's. */
#include "lock.h"
#include <stdbool.h>
#include <stddef.h>

/* The application's functions, if they are to be used. */
static CK_C_INITIALIZE_ARGS functions;
static bool is_application;

CK_RV lock_choose(const CK_C_INITIALIZE_ARGS *args)
{
	int count;

	if (!args) {
		is_application = false;
		return CKR_OK;
	}
	count = !!args->CreateMutex + !!args->DestroyMutex + !!args->LockMutex +
		!!args->UnlockMutex;
	if (args->pReserved || (count && count != 4))
		return CKR_ARGUMENTS_BAD;
	/* Where both are allowed, the system's are as good. */
	is_application = count && !(args->flags & CKF_OS_LOCKING_OK);
	if (is_application)
		functions = *args;
	return CKR_OK;
}

CK_RV lock_make(struct lock *lock)
{
	lock->application = NULL;
	if (is_application)
		return functions.CreateMutex(&lock->application);
	return pthread_mutex_init(&lock->own, NULL) ? CKR_CANT_LOCK : CKR_OK;
}

void lock_destroy(struct lock *lock)
{
	if (lock->application)
		functions.DestroyMutex(lock->application);
	else
		pthread_mutex_destroy(&lock->own);
}

void lock_take(struct lock *lock)
{
	if (lock->application)
		functions.LockMutex(lock->application);
	else
		pthread_mutex_lock(&lock->own);
}

void lock_release(struct lock *lock)
{
	if (lock->application)
		functions.UnlockMutex(lock->application);
	else
		pthread_mutex_unlock(&lock->own);
}
