/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between a PAL and the machine's TPM: carries messages that it could not make,
 * and need not understand.
 */
#include "tpm/tpm_device.h"
#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "error.h"
#include "pal_service.h"

/* A proof takes less; so a PAL gone mad does not keep us here. */
#define MESSAGE_COUNT 32

_Static_assert(PAL_TPM_MESSAGE_MAX == TPM_MESSAGE_MAX, "a message is one");

static int unreachable(void)
{
	return error_set(PAL_ENOTPM,
			 "the TPM at %s: %s (a TPM 2.0 is needed to tell the "
			 "newest state from an older copy)",
			 tpm_device_path(), strerror(errno));
}

int pal_tpm_check(void)
{
	int device = tpm_device_open(NULL);

	if (device < 0)
		return unreachable();
	close(device);
	return 0;
}

/*
 * Alone until it is closed: of two that find the same state there, both would
 * put in what follows it, and none would be right.
 */
static int open_alone(int *device)
{
	int status;

	*device = tpm_device_open(NULL);
	if (*device < 0)
		return unreachable();
	do
		status = flock(*device, LOCK_EX);
	while (status && errno == EINTR);
	if (!status)
		return 0;
	status = unreachable();
	close(*device);
	return status;
}

static int refused(uint32_t code)
{
	return error_set(PAL_ETPM,
			 "the TPM refuses (response code 0x%x): it does not "
			 "know the place where this state was counted, which "
			 "was made in another TPM or before this one was "
			 "cleared; or, for a new one, wants its owner's "
			 "password",
			 code);
}

/* A response, and what the TPM says in it. */
struct response {
	uint8_t bytes[TPM_MESSAGE_MAX];
	size_t size; /* 0: there was no command yet */
	uint32_t code;
};

/* Who talks with the TPM: a PAL of this program, or else of the service. */
struct talker {
	struct pal *pal;
	struct pald *service;
	uint32_t handle;
	unsigned int entry;
};

/* It takes a response and has a command, or none. */
static int ask(const struct talker *talker, const struct response *response,
	       struct tpm_command *command)
{
	*command = (struct tpm_command){.size = 0};
	if (talker->service)
		return pald_call(talker->service, talker->handle, talker->entry,
				 response->bytes, response->size,
				 command->bytes, sizeof(command->bytes),
				 &command->size);
	return pal_call(talker->pal, talker->entry, response->bytes,
			response->size, command->bytes, sizeof(command->bytes),
			&command->size);
}

static int carry(int device, const struct tpm_command *command,
		 struct response *response)
{
	long got = tpm_device_send(device, command, response->bytes);
	struct tpm_reader rest;

	if (got < 0)
		return unreachable();
	response->size = (size_t)got;
	if (tpm_response_open(response->bytes, response->size, &rest,
			      &response->code))
		return 0;
	errno = EPROTO;
	return unreachable();
}

static int carry_all(const struct talker *talker, int device)
{
	struct response response = {.size = 0};
	struct tpm_command command;
	int status;

	for (int i = 0; i < MESSAGE_COUNT; i++) {
		status = ask(talker, &response, &command);
		if (status)
			return status;
		if (!command.size)
			return response.code ? refused(response.code) : 0;
		status = carry(device, &command, &response);
		if (status)
			return status;
	}
	return error_set(PAL_EPROTO, "the PAL's talk with the TPM does not "
				     "come to an end");
}

static int carry_alone(const struct talker *talker)
{
	int device, status;

	status = open_alone(&device);
	if (status)
		return status;
	status = carry_all(talker, device);
	close(device);
	return status;
}

int pal_tpm_carry(struct pal *pal, unsigned int entry)
{
	return carry_alone(&(struct talker){.pal = pal, .entry = entry});
}

int pald_tpm_carry(struct pald *service, uint32_t handle, unsigned int entry)
{
	if (!service)
		return error_plain(PAL_EINVAL);
	return carry_alone(&(struct talker){
		.service = service, .handle = handle, .entry = entry});
}
