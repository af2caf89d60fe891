/* SPDX-License-Identifier: BSD-2-Clause */
/* C_Initialize, C_Finalize, C_GetInfo; fork(). */
#include "library.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include "lock.h"
#include "session.h"
#include "slot.h"

const CK_VERSION library_version = {0, 1};

static atomic_bool is_initialized;
/* Two threads may initialize at once; no lock has been chosen by then. */
static pthread_mutex_t beginning = PTHREAD_MUTEX_INITIALIZER;
static struct lock tables;
/* In a child: the tables are still as in the parent. */
static bool has_inherited;
static pthread_once_t once = PTHREAD_ONCE_INIT;

void library_lock(void)
{
	lock_take(&tables);
}

void library_unlock(void)
{
	lock_release(&tables);
}

/* With the lock held no table is half changed in the child. */
static void before_fork(void)
{
	pthread_mutex_lock(&beginning);
	if (is_initialized)
		library_lock();
}

static void after_fork(void)
{
	if (is_initialized)
		library_unlock();
	pthread_mutex_unlock(&beginning);
}

static void in_child(void)
{
	has_inherited |= is_initialized;
	after_fork();
	is_initialized = false;
}

static void watch_forks(void)
{
	pthread_atfork(before_fork, after_fork, in_child);
}

CK_RV library_enter(void)
{
	return is_initialized ? CKR_OK : CKR_CRYPTOKI_NOT_INITIALIZED;
}

void library_fill(CK_UTF8CHAR *field, size_t size, const char *text)
{
	size_t length = strnlen(text, size);

	memset(field, ' ', size);
	memcpy(field, text, length);
}

static CK_RV initialize(const CK_C_INITIALIZE_ARGS *args)
{
	CK_RV rv;

	if (is_initialized)
		return CKR_CRYPTOKI_ALREADY_INITIALIZED;
	if (has_inherited) {
		sessions_abandon();
		slots_close_all();
		has_inherited = false;
	}
	rv = lock_choose(args);
	if (!rv)
		rv = lock_make(&tables);
	if (rv)
		return rv;
	is_initialized = true;
	return CKR_OK;
}

CK_RV C_Initialize(void *init_args)
{
	CK_RV rv;

	pthread_once(&once, watch_forks);
	pthread_mutex_lock(&beginning);
	rv = initialize(init_args);
	pthread_mutex_unlock(&beginning);
	return rv;
}

/* The application sees to it that no other thread is in the library. */
static CK_RV finalize(void)
{
	if (!is_initialized)
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	is_initialized = false;
	sessions_close_all();
	slots_close_all();
	lock_destroy(&tables);
	return CKR_OK;
}

CK_RV C_Finalize(void *reserved)
{
	CK_RV rv;

	if (reserved)
		return CKR_ARGUMENTS_BAD;
	pthread_mutex_lock(&beginning);
	rv = finalize();
	pthread_mutex_unlock(&beginning);
	return rv;
}

CK_RV C_GetInfo(CK_INFO *info)
{
	CK_RV rv = library_enter();

	if (rv)
		return rv;
	if (!info)
		return CKR_ARGUMENTS_BAD;
	memset(info, 0, sizeof(*info));
	info->cryptokiVersion = (CK_VERSION){3, 0};
	library_fill(info->manufacturerID, sizeof(info->manufacturerID),
		     LIBRARY_MANUFACTURER);
	library_fill(info->libraryDescription, sizeof(info->libraryDescription),
		     "Keys in a Palisade PAL");
	info->libraryVersion = library_version;
	return CKR_OK;
}
