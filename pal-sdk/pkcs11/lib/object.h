/* SPDX-License-Identifier: BSD-2-Clause */
/* What the functions that make objects have in common. */
#ifndef LIB_OBJECT_H
#define LIB_OBJECT_H

#include "session.h"

/*
 * Whether the session may make what the template describes: a token object
 * needs one that may write.  Returns CKR_OK, CKR_ARGUMENTS_BAD or
 * CKR_SESSION_READ_ONLY.
 */
CK_RV object_may_make(const struct session *session,
		      const CK_ATTRIBUTE *template, CK_ULONG count);

#endif /* LIB_OBJECT_H */
