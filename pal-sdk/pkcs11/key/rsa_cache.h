/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA keys ready for use.  A context that is used again has its Montgomery
 * constants and its blinding; making those anew is a third of a signature.
 * There is one for each thread of the PAL, so that nobody waits.
 */
#ifndef KEY_RSA_CACHE_H
#define KEY_RSA_CACHE_H

#include <mbedtls/pk.h>
#include "object.h"

/* The key's context, for this thread alone until rsa_cache_leave(); or NULL. */
mbedtls_pk_context *rsa_cache_take(const struct object *key);
void rsa_cache_leave(mbedtls_pk_context *pk); /* NULL is allowed */

/* Wipe those whose key is not there any more: to be called when one goes. */
void rsa_cache_sweep(void);

#endif /* KEY_RSA_CACHE_H */
