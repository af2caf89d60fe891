/* SPDX-License-Identifier: BSD-2-Clause */
/* Status numbers in words. */
#include "error.h"
#include <stdarg.h>
#include <stdio.h>
#include "pal_service.h"

static _Thread_local char text[512] = "no error";

/* A general status, not formatted: calls that fail often must stay cheap. */
static _Thread_local int plain_status;

int error_set(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	plain_status = 0;
	return status;
}

int error_plain(int status)
{
	plain_status = status;
	return status;
}

const char *pal_error_text(void)
{
	return plain_status ? pal_strerror(plain_status) : text;
}

static const char *runtime_error(int status)
{
	switch (status) {
	case PAL_STATUS_BAD_ENTRY:
		return "the PAL has no entry with this number";
	case PAL_STATUS_BIG_INPUT:
		return "the input is larger than the PAL's argument size";
	case PAL_STATUS_BIG_OUTPUT:
		return "the output buffer is larger than the PAL's argument "
		       "size";
	case PAL_STATUS_BAD_WINDOW:
		return "the window is too small for this thread of the PAL";
	case PAL_STATUS_BAD_RESULT:
		return "the PAL's function returned an impossible result: an "
		       "error in the PAL";
	case PAL_STATUS_BAD_SIZE:
		return "the input or the room for the output is not of the "
		       "size that the PAL's function declares: build program "
		       "and PAL with the same header";
	default:
		return "the PAL's runtime reports an error unknown to this "
		       "version of libpal";
	}
}

static const char *library_error(int status)
{
	switch (status) {
	case PAL_EINVAL:
		return "an argument makes no sense";
	case PAL_ESIZE:
		return "the input is larger than the PAL's argument size";
	case PAL_ENODEV:
		return "no hypervisor: run `pal check`, then `pal enable`";
	case PAL_EPERM:
		return "not allowed: no right to use /dev/palisade, or the "
		       "PAL belongs to the parent process";
	case PAL_ENOMEM:
		return "out of memory (of the process, of its locked-memory "
		       "limit, or of the PAL pool)";
	case PAL_EIO:
		return "the file cannot be read";
	case PAL_EIMAGE:
		return "the PAL image is refused";
	case PAL_EFAULT:
		return "the PAL broke a rule and was ended";
	case PAL_EDEAD:
		return "the PAL was ended before, close it and open it anew";
	case PAL_EBUSY:
		return "the thread of the PAL is in use";
	case PAL_EPOLICY:
		return "the policy of this machine refuses the PAL";
	case PAL_ENOTPM:
		return "the machine's TPM cannot be reached";
	case PAL_ETPM:
		return "the TPM refuses";
	case PAL_EPROTO:
		return "the hypervisor gave an answer unknown to this version "
		       "of libpal";
	case PALD_EBUSY:
		return "a limit of the service pald is reached, try again "
		       "later";
	case PALD_ETIME:
		return "the call took longer than the service pald allows";
	case PALD_ENOBLOCK:
		return "no block of this name is installed";
	case PALD_ENOSERVICE:
		return "the service pald is not there";
	default:
		return "unknown status";
	}
}

const char *pal_strerror(int status)
{
	if (status >= 0)
		return "success";
	if (status >= PAL_ERROR_LOWEST)
		return "the PAL's function returned an error of its own";
	if (status >= PAL_STATUS_LOWEST)
		return runtime_error(status);
	return library_error(status);
}
