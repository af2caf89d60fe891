/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts for people: what went wrong, and what to do. */
#include "failure.h"
#include <stdarg.h>
#include <stdio.h>
#include "pal_host.h"
#include "pkcs11/key_protocol.h"
#include "token.h"

static _Thread_local char text[512] = "no error";

CK_RV failure(CK_RV rv, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return rv;
}

const char *failure_text(void)
{
	return text;
}

const char *token_error_text(void)
{
	return text;
}

static const struct {
	uint32_t result;
	CK_RV rv;
	const char *text;
} key_results[] = {
	{KEY_R_STALE, CKR_FUNCTION_FAILED,
	 "others keep changing the token; try again"},
	{KEY_R_SAVE_FIRST, CKR_FUNCTION_FAILED,
	 "the counts of this key cannot be saved"},
	{KEY_R_NOT_LOADED, CKR_TOKEN_NOT_RECOGNIZED,
	 "the token is not initialized"},
	{KEY_R_ALTERED, CKR_TOKEN_NOT_RECOGNIZED,
	 "the token's file is damaged, or another token's: restore it from a "
	 "copy, or initialize the token anew"},
	{KEY_R_ROLLED_BACK, CKR_TOKEN_NOT_RECOGNIZED,
	 "the token's file is older than the token: somebody has put back a "
	 "copy; put the newest one there"},
	{KEY_R_OTHER_PAL, CKR_TOKEN_NOT_RECOGNIZED,
	 "the token was made by another key PAL (unsigned ones only open what "
	 "exactly they have made): use that one"},
	{KEY_R_OLDER_PAL, CKR_TOKEN_NOT_RECOGNIZED,
	 "the token was last changed by a newer version of the key PAL: "
	 "install that one"},
	{KEY_R_OTHER_ROOT, CKR_TOKEN_NOT_RECOGNIZED,
	 "the token was sealed under another root: if that one was ephemeral, "
	 "its keys are lost; else enable the hypervisor with that root "
	 "(pal enable --root)"},
	{KEY_R_NO_NOTARY, CKR_DEVICE_ERROR,
	 "the notary does not answer the key PAL"},
	{KEY_R_NO_REGISTER, CKR_DEVICE_MEMORY,
	 "the notary has no counter left for this key PAL: an unsigned PAL has "
	 "16, enough for 5 tokens; sign it (pal sign), or remove tokens and "
	 "enable the hypervisor again"},
	{KEY_R_BAD_REQUEST, CKR_ARGUMENTS_BAD,
	 "the key PAL does not understand the request: is it of another "
	 "version than this library?"},
	{KEY_R_TPM_FALSE, CKR_DEVICE_ERROR,
	 "what came back is not the answer of the TPM that knows this token: "
	 "something in between lies"},
	{KEY_R_PROVE, CKR_FUNCTION_FAILED,
	 "the TPM's proof was not enough; try again"},
	{KEY_R_NO_TARGET, CKR_ACTION_PROHIBITED,
	 "no backup target was named when the token had no keys yet"},
};

CK_RV failure_of_key(uint64_t result)
{
	for (size_t i = 0; i < sizeof(key_results) / sizeof(key_results[0]);
	     i++)
		if (key_results[i].result == result)
			return failure(key_results[i].rv, "%s",
				       key_results[i].text);
	if (result)
		failure(result, "the key PAL refuses (CKR 0x%llx)",
			(unsigned long long)result);
	return result;
}

CK_RV failure_of_pal(int status)
{
	CK_RV rv = CKR_DEVICE_ERROR;

	if (status == PAL_ENOMEM)
		rv = CKR_HOST_MEMORY;
	else if (status == PAL_ENODEV || status == PAL_EDEAD ||
		 status == PAL_EFAULT || status == PAL_EPERM ||
		 status == PAL_EIO || status == PAL_EIMAGE ||
		 status == PAL_EPOLICY)
		rv = CKR_DEVICE_REMOVED;
	return failure(rv, "the key PAL: %s", pal_error_text());
}
