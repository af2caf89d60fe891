/* SPDX-License-Identifier: BSD-2-Clause */
/* Encrypting, decrypting, digests: operation.c by their names. */
#include "operation.h"
#include "session.h"

CK_RV C_EncryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
		    CK_OBJECT_HANDLE key)
{
	return operation_begin(handle, OPERATION_ENCRYPT, mechanism, key);
}

CK_RV C_Encrypt(CK_SESSION_HANDLE handle, CK_BYTE *data, CK_ULONG data_size,
		CK_BYTE *encrypted, CK_ULONG *encrypted_size)
{
	return operation_once(handle, OPERATION_ENCRYPT, data, data_size,
			      (struct destination){encrypted, encrypted_size});
}

CK_RV C_EncryptUpdate(CK_SESSION_HANDLE handle, CK_BYTE *part,
		      CK_ULONG part_size, CK_BYTE *encrypted,
		      CK_ULONG *encrypted_size)
{
	return operation_update(
		handle, OPERATION_ENCRYPT, part, part_size,
		(struct destination){encrypted, encrypted_size});
}

CK_RV C_EncryptFinal(CK_SESSION_HANDLE handle, CK_BYTE *last,
		     CK_ULONG *last_size)
{
	return operation_finish(handle, OPERATION_ENCRYPT,
				(struct destination){last, last_size});
}

CK_RV C_DecryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
		    CK_OBJECT_HANDLE key)
{
	return operation_begin(handle, OPERATION_DECRYPT, mechanism, key);
}

CK_RV C_Decrypt(CK_SESSION_HANDLE handle, CK_BYTE *encrypted,
		CK_ULONG encrypted_size, CK_BYTE *data, CK_ULONG *data_size)
{
	return operation_once(handle, OPERATION_DECRYPT, encrypted,
			      encrypted_size,
			      (struct destination){data, data_size});
}

CK_RV C_DecryptUpdate(CK_SESSION_HANDLE handle, CK_BYTE *encrypted,
		      CK_ULONG encrypted_size, CK_BYTE *part,
		      CK_ULONG *part_size)
{
	return operation_update(handle, OPERATION_DECRYPT, encrypted,
				encrypted_size,
				(struct destination){part, part_size});
}

CK_RV C_DecryptFinal(CK_SESSION_HANDLE handle, CK_BYTE *last,
		     CK_ULONG *last_size)
{
	return operation_finish(handle, OPERATION_DECRYPT,
				(struct destination){last, last_size});
}

CK_RV C_DigestInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism)
{
	return operation_begin(handle, OPERATION_DIGEST, mechanism, 0);
}

CK_RV C_Digest(CK_SESSION_HANDLE handle, CK_BYTE *data, CK_ULONG data_size,
	       CK_BYTE *digest, CK_ULONG *digest_size)
{
	return operation_once(handle, OPERATION_DIGEST, data, data_size,
			      (struct destination){digest, digest_size});
}

CK_RV C_DigestUpdate(CK_SESSION_HANDLE handle, CK_BYTE *part,
		     CK_ULONG part_size)
{
	return operation_update(handle, OPERATION_DIGEST, part, part_size,
				(struct destination){NULL, NULL});
}

CK_RV C_DigestFinal(CK_SESSION_HANDLE handle, CK_BYTE *digest,
		    CK_ULONG *digest_size)
{
	return operation_finish(handle, OPERATION_DIGEST,
				(struct destination){digest, digest_size});
}

static CK_RV digest_key(struct session *session, CK_OBJECT_HANDLE key)
{
	CK_RV rv = operation_make_multi(session, OPERATION_DIGEST);

	if (rv)
		return rv;
	rv = token_digest_key(session->token,
			      session->operations[OPERATION_DIGEST].number,
			      key);
	if (rv)
		operation_end(session, OPERATION_DIGEST);
	return rv;
}

CK_RV C_DigestKey(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE key)
{
	return WITH_SESSION(session, handle, digest_key(session, key));
}
