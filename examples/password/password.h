/* SPDX-License-Identifier: BSD-2-Clause */
/* What the program and its PAL agree on. */
#ifndef PASSWORD_H
#define PASSWORD_H

#include <pal_struct.h>

#define PASSWORD_USERS	  16 /* that the PAL can remember */
#define PASSWORD_ATTEMPTS 3 /* wrong ones in a row, then the user is locked */

/* Texts end with a zero. */
PAL_STRUCT(password_login, PAL_ARRAY(char, user, 32)
				   PAL_ARRAY(char, password, 96));

/* Remember a new user; tell whether the password is the user's. */
#define PASSWORD_FUNCTIONS(F)                                                  \
	F(password_add, STRUCT(password_login), NONE)                          \
	F(password_check, STRUCT(password_login), NONE)

#define PASSWORD_EWRONG	 (-1) /* the password, or there is no such user */
#define PASSWORD_ELOCKED (-2) /* too many attempts */
#define PASSWORD_EEXISTS (-3) /* there is such a user already */
#define PASSWORD_EFULL	 (-4) /* no room for another user */
#define PASSWORD_ETEXT	 (-5) /* a text is empty or does not end */
#define PASSWORD_ECRYPTO (-6) /* the crypto library failed: no randomness? */

#endif
