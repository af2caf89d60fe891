/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The folder of a token: its blobs, and who may change it now.  Knows nothing
 * of what is in them.  What a function of here could not do, failure_text()
 * tells.
 */
#ifndef TOKEN_FILES_H
#define TOKEN_FILES_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pkcs11/key_protocol.h"

/* The token's blob, the chain of records. */
#define FILES_TOKEN "token"
#define FILES_AUDIT "audit"

/* The folder of all tokens. */
const char *files_root(void);

/* 1..63 letters, digits, - _ . and no dot first. */
bool files_is_name(const char *name);

/* Open the folder of a token.  CKR_TOKEN_NOT_PRESENT, CKR_GENERAL_ERROR. */
CK_RV files_open(const char *name, int *folder);

/*
 * Wait until nobody changes the token (reads it) any more, and keep others from
 * it until files_unlock().
 */
CK_RV files_lock(int folder, int *lock);
CK_RV files_lock_shared(int folder, int *lock);
void files_unlock(int lock);

/*
 * Read a file of at most `capacity` bytes.  CKR_TOKEN_NOT_RECOGNIZED if it is
 * larger; a file that is not there has 0 bytes.
 */
CK_RV files_read(int folder, const char *path, void *to, size_t capacity,
		 size_t *size);

/*
 * Write a file as a whole, onto the disk: whatever happens, either the old one
 * or the new one is there.  CKR_DEVICE_MEMORY: the disk is full.
 */
CK_RV files_write(int folder, const char *path, const void *bytes, size_t size);

/* One line more, in one piece. */
CK_RV files_append(int folder, const char *path, const char *line, size_t size);

void files_delete(int folder, const char *path);

/* Where an object's blob is. */
#define FILES_PATH_SIZE 64
void files_object_path(const struct key_object_name *name,
		       char path[FILES_PATH_SIZE]);

/* Delete what a killed process left: all but these objects' blobs. */
void files_sweep(int folder, const struct key_object_name *names,
		 size_t count);

#endif /* TOKEN_FILES_H */
