/* SPDX-License-Identifier: BSD-2-Clause */
#include "test/tpm_carrier.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "tpm/tpm_device.h"

struct message {
	uint8_t bytes[TPM_MESSAGE_MAX];
	size_t size;
};

static struct message seen; /* an earlier response to it */

static uint32_t code_of(const struct tpm_command *command)
{
	struct tpm_reader header = {.bytes = command->bytes,
				    .size = command->size};

	tpm_get_u16(&header);
	tpm_get_u32(&header);
	return tpm_get_u32(&header);
}

static void kill_peer(int client)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (!getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size))
		kill(peer.pid, SIGKILL);
}

static void tell(enum tpm_lie lie, int client, struct message *response)
{
	switch (lie) {
	case TPM_FLIP:
		response->bytes[response->size / 2] ^= 1;
		break;
	case TPM_REPEAT:
		if (seen.size)
			*response = seen;
		else
			seen = *response;
		break;
	case TPM_KILL:
		kill_peer(client);
		response->size = 0;
		break;
	case TPM_DEAF:
		response->size = 0;
		break;
	case TPM_HONEST:
		seen = *response;
		break;
	case TPM_ALTER: /* done before */
		break;
	}
}

/* A command to the TPM, and what it responds; size 0: nothing comes. */
static void carry(int client, int tpm, struct tpm_command *command,
		  const volatile struct tpm_orders *orders,
		  struct message *response)
{
	bool is_meant = code_of(command) == orders->about;
	enum tpm_lie lie = is_meant ? orders->lie : TPM_ALTER;
	long got;

	if (is_meant && lie == TPM_ALTER)
		command->bytes[command->size - 1] ^= 1;
	got = tpm_device_send(tpm, command, response->bytes);
	response->size = got < 0 ? 0 : (size_t)got;
	if (response->size)
		tell(lie, client, response);
}

/* Who breaks off leaves sessions behind, which Linux would end for him. */
static void end_sessions(int tpm)
{
	uint8_t response[TPM_MESSAGE_MAX];
	struct tpm_command command;

	for (uint32_t i = 0; i < 3; i++) {
		tpm_command_begin(&command, TPM_ST_NO_SESSIONS,
				  TPM_CC_FLUSH_CONTEXT);
		tpm_put_u32(&command, 0x02000000 + i);
		tpm_command_end(&command);
		tpm_device_send(tpm, &command, response);
	}
}

static void serve(int client, int tpm, const volatile struct tpm_orders *orders)
{
	struct message response;
	struct tpm_command command = {0};
	ssize_t got;

	while ((got = read(client, command.bytes, sizeof(command.bytes))) > 0) {
		command.size = (size_t)got;
		carry(client, tpm, &command, orders, &response);
		if (!response.size ||
		    write(client, response.bytes, response.size) !=
			    (ssize_t)response.size)
			break;
	}
}

int tpm_carrier_listen(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (listener < 0 ||
	    bind(listener, (void *)&address, sizeof(address)) ||
	    listen(listener, 5))
		return -1;
	signal(SIGPIPE, SIG_IGN);
	return listener;
}

_Noreturn void tpm_carrier_serve(int listener, const char *tpm,
				 const volatile struct tpm_orders *orders)
{
	for (;;) {
		int client = accept(listener, NULL, NULL);
		int device = tpm_device_open(tpm);

		serve(client, device, orders);
		end_sessions(device);
		close(device);
		close(client);
	}
}
