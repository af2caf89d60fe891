/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sections are those of the TPM 2.0 Library, Part 3.  The loader for GRUB has
 * this, too, so nothing of the C library is used but memcpy().
 */
#include "tpm/tpm_root.h"
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

static uint32_t digit(char c)
{
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (uint32_t)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (uint32_t)(c - 'A') + 10;
	return UINT32_MAX;
}

/* Take digits from *text, as many as there are: one at least. */
static bool parse_number(const char **text, uint32_t base, uint32_t *number)
{
	const char *begin = *text;
	uint64_t value = 0;

	for (; digit(**text) < base && value <= UINT32_MAX; (*text)++)
		value = value * base + digit(**text);
	*number = (uint32_t)value;
	return *text != begin && value <= UINT32_MAX;
}

static bool parse_handle(const char **text, uint32_t *handle)
{
	if ((*text)[0] == '0' && (*text)[1] == 'x') {
		*text += 2;
		return parse_number(text, 16, handle);
	}
	return parse_number(text, 10, handle);
}

static bool parse_pcrs(const char *text, uint32_t *pcrs)
{
	uint32_t pcr;

	do {
		text++; /* the colon, or a comma */
		if (!parse_number(&text, 10, &pcr) || pcr >= TPM_PCR_COUNT)
			return false;
		*pcrs |= UINT32_C(1) << pcr;
	} while (*text == ',');
	return *text == '\0';
}

bool tpm_root_parse(const char *text, struct tpm_root_place *place)
{
	struct tpm_root_place found = {0};

	if (!parse_handle(&text, &found.handle) || *text != ':' ||
	    found.handle < HANDLE_FIRST || found.handle > HANDLE_LAST ||
	    !parse_pcrs(text, &found.pcrs) || found.pcrs & ~TPM_ROOT_PCRS ||
	    !(found.pcrs & TPM_ROOT_CAPS))
		return false;
	*place = found;
	return true;
}

/* Send, and take the header off what comes back. */
static long ask(int device, struct tpm_command *command,
		uint8_t response[TPM_MESSAGE_MAX], struct tpm_reader *rest)
{
	uint32_t code;
	long size;

	tpm_command_end(command);
	size = tpm_device_send(device, command, response);
	if (size < 0)
		return TPM_ROOT_NO_DEVICE;
	if (!tpm_response_open(response, (size_t)size, rest, &code))
		return TPM_ROOT_NONSENSE;
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
		if (rest.failed)
			return TPM_ROOT_NONSENSE;
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
	if (rest.failed)
		return TPM_ROOT_NONSENSE;
	return attributes & OBJECT_USER_WITH_AUTH ? RC_AUTH_TYPE : 0;
}

/* A compiler leaves out no volatile store. */
static void wipe(volatile uint8_t *bytes, size_t size)
{
	while (size--)
		*bytes++ = 0;
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
		if (bytes) {
			memcpy(root, bytes, count);
			*size = count;
		} else {
			status = TPM_ROOT_NONSENSE;
		}
	}
	wipe(response, sizeof(response));
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

	if (!status)
		status = start_session(device, &session);
	if (status)
		return status;
	status = state_pcrs(device, session, place->pcrs);
	if (!status)
		status = unseal(device, session, place->handle, root, size);
	if (status && status != TPM_ROOT_NO_DEVICE)
		flush(device, session);
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

static long without_parameter(long code)
{
	return code & RC_FORMAT_ONE ? code & RC_FORMAT_ONE_ERROR : code;
}

bool tpm_root_is_absent(long code)
{
	return code > 0 && (without_parameter(code) == RC_VALUE ||
			    without_parameter(code) == RC_HANDLE);
}

const char *tpm_root_reason(long code)
{
	switch (without_parameter(code)) {
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
