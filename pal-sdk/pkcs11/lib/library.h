/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the library is initialized, for this process; the lock that guards
 * its tables of slots and sessions.
 *
 * A child made by fork() has a library that is not initialized, whatever it was
 * in the parent: keys and logins belong to the process.
 */
#ifndef LIB_LIBRARY_H
#define LIB_LIBRARY_H

#include <stddef.h>
#include "cryptoki.h"

/*
 * What every function but C_Initialize() and those that give function lists
 * begins with.  Returns CKR_OK or CKR_CRYPTOKI_NOT_INITIALIZED.
 */
CK_RV library_enter(void);

/* Guards slots and sessions; held for short, and never while a PAL runs. */
void library_lock(void);
void library_unlock(void);

/* Fill a field of fixed size from text, with blanks at the end. */
void library_fill(CK_UTF8CHAR *field, size_t size, const char *text);

#define LIBRARY_MANUFACTURER "Palisade"
extern const CK_VERSION library_version;

#endif /* LIB_LIBRARY_H */
