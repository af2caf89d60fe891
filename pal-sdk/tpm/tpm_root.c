/* SPDX-License-Identifier: BSD-2-Clause */
/* Sections are those of the TPM 2.0 Library, Part 3. */
#include "tpm/tpm_root.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "tpm/tpm_device.h"

#define NONCE_SIZE	      16
#define SELECTION_BYTES	      (TPM_PCR_COUNT / 8)
#define HANDLE_FIRST	      0x81000000u
#define OBJECT_USER_WITH_AUTH (1u << 6) /* Part 2, 8.3 */
#define HANDLE_LAST	      0x81ffffffu

/* Response codes (Part 2, 6.6.3); of some the low bits tell which parameter. */
#define RC_POLICY_FAIL	      0x09d
#define RC_VALUE	      0x084
#define RC_HANDLE	      0x08b
#define RC_AUTH_TYPE	      0x124
#define RC_AUTH_UNAVAILABLE   0x12f
#define RC_LOCKOUT	      0x921
#define RC_FORMAT_ONE	      0x080
#define RC_FORMAT_ONE_ERROR   0x0bf

static bool parse_pcrs(const char *text, uint32_t *pcrs)
{
	char *end;

	do {
		unsigned long pcr = strtoul(text, &end, 10);

		if (end == text || pcr >= TPM_PCR_COUNT)
			return false;
		*pcrs |= UINT32_C(1) << pcr;
		text = end + 1;
	} while (*end == ',');
	return *end == '\0';
}

bool tpm_root_parse(const char *text, struct tpm_root_place *place)
{
	struct tpm_root_place found = {0};
	unsigned long handle;
	char *end;

	handle = strtoul(text, &end, 0);
	if (*end != ':' || handle < HANDLE_FIRST || handle > HANDLE_LAST ||
	    !parse_pcrs(end + 1, &found.pcrs) || found.pcrs & ~TPM_ROOT_PCRS ||
	    !(found.pcrs & TPM_ROOT_CAPS))
		return false;
	found.handle = (uint32_t)handle;
	*place = found;
	return true;
}

/* Send, and take the header off what comes back: 0, -1 or the TPM's code. */
static long ask(int device, struct tpm_command *command,
		uint8_t response[TPM_MESSAGE_MAX], struct tpm_reader *rest)
{
	uint32_t code;
	long size;

	tpm_command_end(command);
	size = tpm_device_send(device, command, response);
	if (size < 0)
		return -1;
	if (!tpm_response_open(response, (size_t)size, rest, &code)) {
		errno = EPROTO;
		return -1;
	}
	return (long)code;
}

/* 11.1; nothing is secret or authorized here, so the nonce may be zeros. */
static long start_session(int device, uint32_t *session)
{
	static const uint8_t nonce[NONCE_SIZE];
	uint8_t response[TPM_MESSAGE_MAX];
	struct tpm_command command;
	struct tpm_reader rest;
	long status;

	tpm_command_begin(&command, TPM_ST_NO_SESSIONS,
			  TPM_CC_START_AUTH_SESSION);
	tpm_put_u32(&command, TPM_RH_NULL);
	tpm_put_u32(&command, TPM_RH_NULL);
	tpm_put_sized(&command, nonce, sizeof(nonce));
	tpm_put_sized(&command, NULL, 0);
	tpm_put_u8(&command, TPM_SE_POLICY);
	tpm_put_u16(&command, TPM_ALG_NULL);
	tpm_put_u16(&command, TPM_ALG_SHA256);
	status = ask(device, &command, response, &rest);
	if (!status) {
		*session = tpm_get_u32(&rest);
		if (rest.failed) {
			errno = EPROTO;
			return -1;
		}
	}
	return status;
}

/* 23.7 */
static long state_pcrs(int device, uint32_t session, uint32_t pcrs)
{
	uint8_t response[TPM_MESSAGE_MAX];
	struct tpm_command command;
	struct tpm_reader rest;

	tpm_command_begin(&command, TPM_ST_NO_SESSIONS, TPM_CC_POLICY_PCR);
	tpm_put_u32(&command, session);
	tpm_put_sized(&command, NULL, 0); /* their values: the TPM knows */
	tpm_put_u32(&command, 1); /* of one bank */
	tpm_put_u16(&command, TPM_ALG_SHA256);
	tpm_put_u8(&command, SELECTION_BYTES);
	for (int i = 0; i < SELECTION_BYTES; i++)
		tpm_put_u8(&command, (uint8_t)(pcrs >> (8 * i)));
	return ask(device, &command, response, &rest);
}

/* 12.4; a password, perhaps an empty one, would open what PCRs do not. */
static long check_policy_alone(int device, uint32_t handle)
{
	uint8_t response[TPM_MESSAGE_MAX];
	struct tpm_command command;
	struct tpm_reader rest;
	uint32_t attributes;
	long status;

	tpm_command_begin(&command, TPM_ST_NO_SESSIONS, TPM_CC_READ_PUBLIC);
	tpm_put_u32(&command, handle);
	status = ask(device, &command, response, &rest);
	if (status)
		return status;
	tpm_get_u16(&rest); /* size of the public area */
	tpm_get_u16(&rest); /* type */
	tpm_get_u16(&rest); /* hash of its name */
	attributes = tpm_get_u32(&rest);
	if (rest.failed) {
		errno = EPROTO;
		return -1;
	}
	return attributes & OBJECT_USER_WITH_AUTH ? RC_AUTH_TYPE : 0;
}

/* 12.7 */
static long unseal(int device, uint32_t session, uint32_t handle,
		   uint8_t root[TPM_ROOT_MAX], size_t *size)
{
	uint8_t response[TPM_MESSAGE_MAX];
	struct tpm_command command;
	struct tpm_reader rest;
	const uint8_t *bytes;
	size_t count;
	long status;

	tpm_command_begin(&command, TPM_ST_SESSIONS, TPM_CC_UNSEAL);
	tpm_put_u32(&command, handle);
	tpm_put_u32(&command, 9); /* the session, which ends with it */
	tpm_put_u32(&command, session);
	tpm_put_sized(&command, NULL, 0);
	tpm_put_u8(&command, 0);
	tpm_put_sized(&command, NULL, 0);
	status = ask(device, &command, response, &rest);
	if (!status) {
		tpm_get_u32(&rest); /* size of the parameters */
		bytes = tpm_get_sized(&rest, TPM_ROOT_MAX, &count);
		if (!bytes) {
			errno = EPROTO;
			status = -1;
		} else {
			memcpy(root, bytes, count);
			*size = count;
		}
	}
	explicit_bzero(response, sizeof(response));
	return status;
}

/* 28.4; of a session that no command has ended. */
static void flush(int device, uint32_t session)
{
	uint8_t response[TPM_MESSAGE_MAX];
	struct tpm_command command;
	struct tpm_reader rest;

	tpm_command_begin(&command, TPM_ST_NO_SESSIONS, TPM_CC_FLUSH_CONTEXT);
	tpm_put_u32(&command, session);
	ask(device, &command, response, &rest);
}

long tpm_root_unseal(int device, const struct tpm_root_place *place,
		     uint8_t root[TPM_ROOT_MAX], size_t *size)
{
	long status = check_policy_alone(device, place->handle);
	uint32_t session;
	int cause;

	if (!status)
		status = start_session(device, &session);
	if (status)
		return status;
	status = state_pcrs(device, session, place->pcrs);
	if (!status)
		status = unseal(device, session, place->handle, root, size);
	cause = errno;
	if (status)
		flush(device, session);
	errno = cause;
	return status;
}

/* 22.2 */
long tpm_root_cap(int device, const struct tpm_root_place *place)
{
	static const uint8_t cap[TPM_DIGEST_SIZE] =
		"Palisade has taken the root";
	uint32_t pcr =
		31 - (uint32_t)__builtin_clz(place->pcrs & TPM_ROOT_CAPS);
	uint8_t response[TPM_MESSAGE_MAX];
	struct tpm_command command;
	struct tpm_reader rest;

	tpm_command_begin(&command, TPM_ST_SESSIONS, TPM_CC_PCR_EXTEND);
	tpm_put_u32(&command, pcr);
	tpm_put_password(&command, NULL, 0);
	tpm_put_u32(&command, 1);
	tpm_put_u16(&command, TPM_ALG_SHA256);
	tpm_put_bytes(&command, cap, sizeof(cap));
	return ask(device, &command, response, &rest);
}

const char *tpm_root_reason(long code)
{
	if (code & RC_FORMAT_ONE)
		code &= RC_FORMAT_ONE_ERROR;
	switch (code) {
	case RC_POLICY_FAIL:
		return "the machine was not started as when the root was "
		       "sealed (its PCRs differ), or the root was taken "
		       "already since it started";
	case RC_HANDLE:
	case RC_VALUE:
		return "the TPM has nothing at this handle";
	case RC_AUTH_TYPE:
	case RC_AUTH_UNAVAILABLE:
		return "what is at this handle is not sealed to PCRs alone";
	case RC_LOCKOUT:
		return "the TPM is locked after too many failures "
		       "(tpm2_dictionarylockout)";
	default:
		return "the TPM refused (tpm2_rc_decode tells what a code "
		       "means)";
	}
}
