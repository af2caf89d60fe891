/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking for passphrases, and what becomes of them. */
#include "root_passphrase.h"
#include <inttypes.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <termios.h>
#include <unistd.h>
#include "command.h"
#include "hex.h"
#include "notary/seal.h"
#include "root.h"

#define LINE_START	"palisade-passphrase "
#define SALT_SIZE	32
#define PASSPHRASE_SIZE 1024

struct recipe {
	uint32_t iterations;
	uint8_t salt[SALT_SIZE];
	uint8_t id[SEAL_ID_SIZE];
};

struct passphrase {
	char text[PASSPHRASE_SIZE];
	size_t size;
};

/* ---- The line ------------------------------------------------------------ */

bool root_passphrase_is_meant(const void *bytes, size_t size)
{
	return size > sizeof(LINE_START) - 1 &&
	       !memcmp(bytes, LINE_START, sizeof(LINE_START) - 1);
}

static bool parse(const char *line, size_t size, struct recipe *recipe)
{
	char text[ROOT_LINE_SIZE], salt[66], id[34];

	if (size >= sizeof(text))
		return false;
	memcpy(text, line, size);
	text[size] = '\0';
	return sscanf(text, LINE_START "1 %" SCNu32 " %65s %33s",
		      &recipe->iterations, salt, id) == 3 &&
	       recipe->iterations >= ROOT_ITERATIONS_MIN &&
	       recipe->iterations <= ROOT_ITERATIONS_MAX &&
	       hex_read(salt, strlen(salt), recipe->salt, SALT_SIZE) &&
	       hex_read(id, strlen(id), recipe->id, SEAL_ID_SIZE);
}

static void format(const struct recipe *recipe, char line[ROOT_LINE_SIZE])
{
	char salt[2 * SALT_SIZE + 1], id[2 * SEAL_ID_SIZE + 1];

	hex_write(salt, recipe->salt, SALT_SIZE);
	hex_write(id, recipe->id, SEAL_ID_SIZE);
	snprintf(line, ROOT_LINE_SIZE, LINE_START "1 %" PRIu32 " %s %s\n",
		 recipe->iterations, salt, id);
}

/* ---- The passphrase ------------------------------------------------------ */

/* Byte by byte, so that nothing behind the line is taken, or kept by stdio. */
static bool read_line(struct passphrase *passphrase)
{
	char byte;

	passphrase->size = 0;
	while (read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n') {
		if (passphrase->size == sizeof(passphrase->text))
			return false;
		passphrase->text[passphrase->size++] = byte;
	}
	return passphrase->size > 0;
}

static bool ask(const char *prompt, struct passphrase *passphrase)
{
	struct termios before, quiet;
	bool is_there;

	if (tcgetattr(STDIN_FILENO, &before))
		return read_line(passphrase);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	fprintf(stderr, "%s: ", prompt);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	is_there = read_line(passphrase);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	return is_there;
}

static bool ask_new(struct passphrase *passphrase)
{
	struct passphrase again;
	bool is_same;

	if (!ask("New passphrase", passphrase) ||
	    passphrase->size < ROOT_PASSPHRASE_MIN) {
		report("a passphrase has %d to %d characters",
		       ROOT_PASSPHRASE_MIN, PASSPHRASE_SIZE);
		return false;
	}
	if (!isatty(STDIN_FILENO))
		return true;
	is_same = ask("The same again", &again) &&
		  again.size == passphrase->size &&
		  !memcmp(again.text, passphrase->text, again.size);
	explicit_bzero(&again, sizeof(again));
	if (!is_same)
		report("they are not the same");
	return is_same;
}

/* ---- The root ------------------------------------------------------------ */

static psa_status_t derive(psa_key_derivation_operation_t *operation,
			   const struct passphrase *passphrase,
			   const struct recipe *recipe, struct hv_root *root)
{
	psa_status_t status = psa_key_derivation_setup(
		operation, PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_512));

	if (status == PSA_SUCCESS)
		status = psa_key_derivation_input_integer(
			operation, PSA_KEY_DERIVATION_INPUT_COST,
			recipe->iterations);
	if (status == PSA_SUCCESS)
		status = psa_key_derivation_input_bytes(
			operation, PSA_KEY_DERIVATION_INPUT_SALT, recipe->salt,
			SALT_SIZE);
	if (status == PSA_SUCCESS)
		status = psa_key_derivation_input_bytes(
			operation, PSA_KEY_DERIVATION_INPUT_PASSWORD,
			(const uint8_t *)passphrase->text, passphrase->size);
	if (status == PSA_SUCCESS)
		status = psa_key_derivation_output_bytes(operation, root->bytes,
							 HV_ROOT_SIZE_MAX);
	return status;
}

/* The root and, in `id`, what it is called.  0, or -1 after a message. */
static int make_root(const struct passphrase *passphrase,
		     const struct recipe *recipe, struct hv_root *root,
		     uint8_t id[SEAL_ID_SIZE])
{
	psa_key_derivation_operation_t operation =
		PSA_KEY_DERIVATION_OPERATION_INIT;
	psa_status_t status = psa_crypto_init();

	if (status == PSA_SUCCESS)
		status = derive(&operation, passphrase, recipe, root);
	psa_key_derivation_abort(&operation);
	root->kind = HV_ROOT_PASSPHRASE;
	root->size = HV_ROOT_SIZE_MAX;
	if (status == PSA_SUCCESS && !seal_name_root(root, id))
		return 0;
	report("the crypto library failed (status %d)", (int)status);
	return -1;
}

static int derive_known(const struct recipe *recipe, struct hv_root *root)
{
	struct passphrase passphrase;
	uint8_t id[SEAL_ID_SIZE] = {0};
	int status = -1;

	if (!ask("Passphrase of the sealing root", &passphrase))
		report("no passphrase");
	else
		status = make_root(&passphrase, recipe, root, id);
	explicit_bzero(&passphrase, sizeof(passphrase));
	if (status || !memcmp(id, recipe->id, sizeof(id)))
		return status;
	report("that is not the passphrase");
	return -1;
}

int root_passphrase_read(const char *line, size_t size, struct hv_root *root)
{
	struct recipe recipe;

	if (parse(line, size, &recipe))
		return derive_known(&recipe, root);
	report("the file for the passphrase is damaged, or from a newer pal");
	return -1;
}

int root_passphrase_make(uint32_t iterations, char line[ROOT_LINE_SIZE])
{
	struct recipe recipe = {.iterations = iterations};
	struct passphrase passphrase;
	struct hv_root root;
	int status = -1;

	if (getrandom(recipe.salt, SALT_SIZE, 0) != SALT_SIZE)
		report("no randomness");
	else if (ask_new(&passphrase))
		status = make_root(&passphrase, &recipe, &root, recipe.id);
	explicit_bzero(&passphrase, sizeof(passphrase));
	root_wipe(&root);
	if (!status)
		format(&recipe, line);
	return status;
}
