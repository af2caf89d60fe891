/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys: made, wrapped, unwrapped, derived. */
#include "object.h"

static CK_RV generate(const struct session *session,
		      const CK_MECHANISM *mechanism,
		      const CK_ATTRIBUTE *template, CK_ULONG count,
		      CK_OBJECT_HANDLE *key)
{
	CK_RV rv = object_may_make(session, template, count);

	if (rv)
		return rv;
	if (!mechanism || !key)
		return CKR_ARGUMENTS_BAD;
	return token_generate_key(session->token, session->handle, mechanism,
				  template, count, key);
}

CK_RV C_GenerateKey(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
		    CK_ATTRIBUTE *template, CK_ULONG count,
		    CK_OBJECT_HANDLE *key)
{
	return WITH_SESSION(session, handle,
			    generate(session, mechanism, template, count, key));
}

CK_RV C_GenerateKeyPair(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
			CK_ATTRIBUTE *public_template, CK_ULONG public_count,
			CK_ATTRIBUTE *private_template, CK_ULONG private_count,
			CK_OBJECT_HANDLE *public_key,
			CK_OBJECT_HANDLE *private_key)
{
	struct session *session;
	CK_RV rv = session_take(handle, &session);

	if (rv)
		return rv;
	rv = object_may_make(session, public_template, public_count);
	if (!rv)
		rv = object_may_make(session, private_template, private_count);
	if (!rv && (!mechanism || !public_key || !private_key))
		rv = CKR_ARGUMENTS_BAD;
	if (!rv)
		rv = token_generate_pair(
			session->token, session->handle, mechanism,
			public_template, public_count, private_template,
			private_count, public_key, private_key);
	session_release(session);
	return rv;
}

CK_RV C_WrapKey(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
		CK_OBJECT_HANDLE wrapping, CK_OBJECT_HANDLE key,
		CK_BYTE *wrapped, CK_ULONG *wrapped_size)
{
	struct session *session;
	CK_RV rv = session_take(handle, &session);

	if (rv)
		return rv;
	rv = mechanism && wrapped_size
		     ? token_wrap(session->token, mechanism, wrapping, key,
				  wrapped, wrapped_size)
		     : CKR_ARGUMENTS_BAD;
	session_release(session);
	return rv;
}

CK_RV C_UnwrapKey(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
		  CK_OBJECT_HANDLE unwrapping, CK_BYTE *wrapped,
		  CK_ULONG wrapped_size, CK_ATTRIBUTE *template, CK_ULONG count,
		  CK_OBJECT_HANDLE *key)
{
	struct session *session;
	CK_RV rv = session_take(handle, &session);

	if (rv)
		return rv;
	rv = object_may_make(session, template, count);
	if (!rv && (!mechanism || !wrapped || !key))
		rv = CKR_ARGUMENTS_BAD;
	if (!rv)
		rv = token_unwrap(session->token, session->handle, mechanism,
				  unwrapping, wrapped, wrapped_size, template,
				  count, key);
	session_release(session);
	return rv;
}

CK_RV C_DeriveKey(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
		  CK_OBJECT_HANDLE base, CK_ATTRIBUTE *template, CK_ULONG count,
		  CK_OBJECT_HANDLE *key)
{
	struct session *session;
	CK_RV rv = session_take(handle, &session);

	if (rv)
		return rv;
	rv = object_may_make(session, template, count);
	if (!rv && (!mechanism || !key))
		rv = CKR_ARGUMENTS_BAD;
	if (!rv)
		rv = token_derive(session->token, session->handle, mechanism,
				  base, template, count, key);
	session_release(session);
	return rv;
}

/* The key PAL asks the processor, and needs no help. */
CK_RV C_SeedRandom(CK_SESSION_HANDLE handle, CK_BYTE *seed, CK_ULONG seed_size)
{
	struct session *session;
	CK_RV rv = session_take(handle, &session);

	if (rv)
		return rv;
	session_release(session);
	return seed || !seed_size ? CKR_RANDOM_SEED_NOT_SUPPORTED
				  : CKR_ARGUMENTS_BAD;
}

CK_RV C_GenerateRandom(CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG size)
{
	struct session *session;
	CK_RV rv = session_take(handle, &session);

	if (rv)
		return rv;
	if (size)
		rv = bytes ? token_random(session->token, bytes, size)
			   : CKR_ARGUMENTS_BAD;
	session_release(session);
	return rv;
}
