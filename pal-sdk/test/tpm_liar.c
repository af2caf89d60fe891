/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A carrier that lies about one kind of command (tpm_carrier.h), for shell
 * scripts.  Usage: tpm_liar SOCKET TPM flip|alter|repeat|deaf|kill
 *	start|define|read|extend
 */
#include <stdio.h>
#include <string.h>
#include "tpm/message.h"
#include "test/tpm_carrier.h"

struct word {
	const char *text;
	uint32_t value;
};

static const struct word lies[] = {
	{"flip", TPM_FLIP}, {"alter", TPM_ALTER}, {"repeat", TPM_REPEAT},
	{"deaf", TPM_DEAF}, {"kill", TPM_KILL},	  {NULL, 0},
};

static const struct word commands[] = {
	{"start", TPM_CC_START_AUTH_SESSION},
	{"define", TPM_CC_NV_DEFINE_SPACE},
	{"read", TPM_CC_NV_READ},
	{"extend", TPM_CC_NV_EXTEND},
	{NULL, 0},
};

static const struct word *find(const struct word *words, const char *text)
{
	while (words->text && strcmp(words->text, text))
		words++;
	return words->text ? words : NULL;
}

int main(int argc, char **argv)
{
	const struct word *lie = argc == 5 ? find(lies, argv[3]) : NULL;
	const struct word *about = argc == 5 ? find(commands, argv[4]) : NULL;
	struct tpm_orders orders;
	int listener;

	if (!lie || !about) {
		fputs("usage: tpm_liar SOCKET TPM LIE COMMAND\n", stderr);
		return 2;
	}
	orders = (struct tpm_orders){lie->value, about->value};
	listener = tpm_carrier_listen(argv[1]);
	if (listener < 0) {
		perror(argv[1]);
		return 1;
	}
	tpm_carrier_serve(listener, argv[2], &orders);
}
