/* SPDX-License-Identifier: BSD-2-Clause */
/* pal keygen: make a key that signs PALs. */
#include <mbedtls/platform_util.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "hex.h"
#include "key.h"
#include "output_file.h"

static const struct option_rule rules[] = {
	{'c', "curve", "NAME", "p256 or p384 (the default)"},
	{'o', "output", "FILE", "where the private key goes (must be given)"},
	{'p', "public-key", "FILE", "write the public key, too"},
	{'f', "force", NULL, "overwrite files that exist"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal keygen [-c p256|p384] [-p PUB.pem] [-f] -o KEY.pem",
	.text = "Make a private key (PEM, mode 0600) that signs PALs, and print "
		"the signer by which\nthe policy and `pal verify` know it.\n",
	.options = rules,
	.operand_count = 0,
};

struct request {
	const char *output;
	const char *public_output;
	size_t bits;
	bool is_forced;
};

static int save_private(const struct request *request, const struct key *key)
{
	char pem[KEY_PEM_SIZE];
	int status;

	if (key_write_private(key, pem)) {
		report("cannot write the key as PEM");
		return EXIT_FAILURE;
	}
	status = request->is_forced
			 ? output_file_replace_secret(request->output, pem,
						      strlen(pem))
			 : output_file_write_secret(request->output, pem,
						    strlen(pem));
	mbedtls_platform_zeroize(pem, sizeof(pem));
	return status;
}

static int save_public(const struct request *request, const struct key *key)
{
	char pem[KEY_PEM_SIZE];

	if (!request->public_output)
		return 0;
	if (key_write_public(key, pem)) {
		report("cannot write the key as PEM");
		return EXIT_FAILURE;
	}
	return request->is_forced
		       ? output_file_write(request->public_output, pem,
					   strlen(pem))
		       : output_file_write_new(request->public_output, pem,
					       strlen(pem));
}

/* Both or none; a file that appears meanwhile is still not overwritten. */
static bool are_free(const struct request *request)
{
	const char *paths[] = {request->output, request->public_output};

	for (int i = 0; i < 2 && !request->is_forced; i++)
		if (paths[i] && !access(paths[i], F_OK)) {
			report("%s: exists already", paths[i]);
			return false;
		}
	return true;
}

static int make(const struct request *request)
{
	char signer[97];
	struct key key;
	int status;

	if (!are_free(request))
		return EXIT_FAILURE;
	if (key_make(request->bits, &key)) {
		report("cannot make a key: no randomness or no memory");
		return EXIT_FAILURE;
	}
	status = save_private(request, &key);
	if (!status)
		status = save_public(request, &key);
	hex_write(signer, key.signer, sizeof(key.signer));
	key_close(&key);
	if (status)
		return status;
	printf("%s\n", signer);
	return finish_output();
}

static bool read_curve(const char *name, size_t *bits)
{
	if (strcmp(name, "p256") && strcmp(name, "p384")) {
		report("keygen: the curve is p256 or p384, not '%s'", name);
		return false;
	}
	*bits = strcmp(name, "p256") ? 384 : 256;
	return true;
}

int command_keygen(int argc, char **argv)
{
	struct request request = {.bits = 384};
	int option;

	while ((option = option_next(argc, argv, &usage)) > 0) {
		if (option == 'c' && !read_curve(optarg, &request.bits))
			return EXIT_USAGE;
		if (option == 'o')
			request.output = optarg;
		if (option == 'p')
			request.public_output = optarg;
		if (option == 'f')
			request.is_forced = true;
	}
	if (option != OPTION_END)
		return option_exit(option);
	if (request.output)
		return make(&request);
	report("keygen: say with -o where the private key goes");
	return EXIT_USAGE;
}
