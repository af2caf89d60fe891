/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Knows who has which password, and tells nobody: not the salted hashes that a
 * thief of a file could try offline, and each user only so many attempts.
 */
#include <pal.h>
#include <psa/crypto.h>
#include <string.h>
#include "password.h"

PAL_NAME("password");
PAL_FUNCTIONS(PASSWORD_FUNCTIONS);

#define SALT_SIZE  16
#define HASH_SIZE  32
#define ITERATIONS 10000

static struct user {
	char name[32];
	unsigned char salt[SALT_SIZE];
	unsigned char hash[HASH_SIZE];
	unsigned int wrong_count;
} users[PASSWORD_USERS];

static int is_text(const char *text, size_t size)
{
	return *text && memchr(text, '\0', size);
}

static int is_login(const struct password_login *login)
{
	return is_text(login->user, sizeof(login->user)) &&
	       is_text(login->password, sizeof(login->password));
}

/* The user of that name, or the first free place for "", or NULL. */
static struct user *find(const char *name)
{
	for (size_t i = 0; i < PASSWORD_USERS; i++)
		if (!strcmp(users[i].name, name))
			return &users[i];
	return NULL;
}

static psa_status_t derive(psa_key_derivation_operation_t *operation,
			   const unsigned char *salt, const char *password,
			   unsigned char hash[HASH_SIZE])
{
	psa_status_t status = psa_key_derivation_setup(
		operation, PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_256));

	if (!status)
		status = psa_key_derivation_input_integer(
			operation, PSA_KEY_DERIVATION_INPUT_COST, ITERATIONS);
	if (!status)
		status = psa_key_derivation_input_bytes(
			operation, PSA_KEY_DERIVATION_INPUT_SALT, salt,
			SALT_SIZE);
	if (!status)
		status = psa_key_derivation_input_bytes(
			operation, PSA_KEY_DERIVATION_INPUT_PASSWORD,
			(const unsigned char *)password, strlen(password));
	if (!status)
		status = psa_key_derivation_output_bytes(operation, hash,
							 HASH_SIZE);
	return status;
}

static int hash_password(const unsigned char *salt, const char *password,
			 unsigned char hash[HASH_SIZE])
{
	psa_key_derivation_operation_t operation =
		PSA_KEY_DERIVATION_OPERATION_INIT;
	psa_status_t status = psa_crypto_init();

	if (!status)
		status = derive(&operation, salt, password, hash);
	psa_key_derivation_abort(&operation);
	return status ? PASSWORD_ECRYPTO : 0;
}

/* As long for a good guess as for a bad one. */
static int is_equal(const unsigned char *a, const unsigned char *b)
{
	unsigned char difference = 0;

	for (size_t i = 0; i < HASH_SIZE; i++)
		difference |= a[i] ^ b[i];
	return !difference;
}

int password_add(const struct password_login *login)
{
	struct user user = {0}, *place;

	if (!is_login(login))
		return PASSWORD_ETEXT;
	if (find(login->user))
		return PASSWORD_EEXISTS;
	place = find("");
	if (!place)
		return PASSWORD_EFULL;
	strcpy(user.name, login->user);
	if (pal_random(user.salt, sizeof(user.salt)) ||
	    hash_password(user.salt, login->password, user.hash))
		return PASSWORD_ECRYPTO;
	*place = user;
	return 0;
}

int password_check(const struct password_login *login)
{
	static const struct user nobody;
	unsigned char hash[HASH_SIZE];
	struct user *user;

	if (!is_login(login))
		return PASSWORD_ETEXT;
	user = find(login->user);
	if (user && user->wrong_count >= PASSWORD_ATTEMPTS)
		return PASSWORD_ELOCKED;
	/* Unknown users take as long, so that nobody learns who is known. */
	if (hash_password(user ? user->salt : nobody.salt, login->password,
			  hash))
		return PASSWORD_ECRYPTO;
	if (!user)
		return PASSWORD_EWRONG;
	if (!is_equal(hash, user->hash)) {
		user->wrong_count++;
		return PASSWORD_EWRONG;
	}
	user->wrong_count = 0;
	return 0;
}
