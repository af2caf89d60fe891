/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The multi-part operations of this instance, by number.  A number is used by
 * one thread at a time; one that comes meanwhile is refused.
 */
#ifndef KEY_OPERATIONS_H
#define KEY_OPERATIONS_H

#include "operation.h"

/*
 * A place for a new operation, in use by the caller, and its number.  NULL:
 * there are KEY_OPERATION_COUNT already.
 */
struct operation *operations_new(uint64_t session, uint64_t *number);

/* The operation, in use by the caller; NULL: none, or in use. */
struct operation *operations_take(uint64_t number);

/* Not in use any more; `is_over` or ended meanwhile: gone. */
void operations_leave(uint64_t number, bool is_over);

/* End those of a session; those with private keys. */
void operations_end_session(uint64_t session);
void operations_end_private(void);

#endif /* KEY_OPERATIONS_H */
