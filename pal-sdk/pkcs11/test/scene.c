/* SPDX-License-Identifier: BSD-2-Clause */
/* Folders, tokens and keys for tests. */
#include "scene.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/palisade-token-XXXXXX";
static pid_t owner;

static void remove_folder(void)
{
	char command[128];

	if (getpid() != owner)
		return;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command))
		fprintf(stderr, "cannot remove %s\n", folder);
}

void scene_begin(void)
{
	char path[128];
	FILE *root;

	if (!mkdtemp(folder)) {
		perror(folder);
		exit(2);
	}
	owner = getpid();
	atexit(remove_folder);
	snprintf(path, sizeof(path), "mkdir %s/tokens %s/state", folder,
		 folder);
	if (system(path))
		exit(2);
	snprintf(path, sizeof(path), "%s/tokens", folder);
	setenv("PALISADE_TOKENS", path, 1);
	snprintf(path, sizeof(path), "%s/state", folder);
	setenv("PAL_SIM_STATE", path, 1);
	snprintf(path, sizeof(path), "%s/root", folder);
	setenv("PAL_SIM_ROOT", path, 1);
	root = fopen(path, "w");
	if (!root || fputs("a root for tests, which protects nothing", root) < 0 ||
	    fclose(root))
		exit(2);
}

void scene_boot(void)
{
	char state[128];
	static int count;

	snprintf(state, sizeof(state), "%s/state-%d-%d", folder, (int)getpid(),
		 count++);
	if (mkdir(state, 0700))
		exit(2);
	setenv("PAL_SIM_STATE", state, 1);
}

void scene_need(CK_RV rv, const char *what)
{
	if (!rv)
		return;
	printf("# %s: 0x%lx, %s\n", what, rv, token_error_text());
	fflush(stdout);
	exit(2);
}

struct token *scene_token(const char *name)
{
	struct token *token;
	uint8_t label[32];

	memset(label, ' ', sizeof(label));
	memcpy(label, name, strlen(name));
	scene_need(token_create(name), "create");
	scene_need(token_open(name, &token), "open");
	scene_need(token_init(token, SO_PIN, 8, label, KEY_ROUNDS_MIN, 0),
		   "init");
	scene_need(token_login(token, CKU_SO, SO_PIN, 8), "SO login");
	scene_need(token_init_pin(token, USER_PIN, 4), "init PIN");
	scene_need(token_logout(token), "logout");
	scene_need(token_login(token, CKU_USER, USER_PIN, 4), "login");
	return token;
}

struct token *scene_open(const char *name)
{
	struct token *token;

	scene_need(token_open(name, &token), "open");
	scene_need(token_login(token, CKU_USER, USER_PIN, 4), "login");
	return token;
}

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

CK_RV scene_try_ec(struct token *token, unsigned bits, bool is_token,
		   struct scene_pair *pair)
{
	static uint8_t p256[] = {6,    8,    0x2a, 0x86, 0x48,
				 0xce, 0x3d, 3,	   1,	 7};
	static uint8_t p384[] = {6, 5, 0x2b, 0x81, 4, 0, 0x22};
	static uint8_t p521[] = {6, 5, 0x2b, 0x81, 4, 0, 0x23};
	uint8_t *name = bits == 256 ? p256 : bits == 384 ? p384 : p521;
	CK_ULONG size = bits == 256 ? sizeof(p256) : sizeof(p384);
	CK_BBOOL *stored = is_token ? &yes : &no;
	CK_MECHANISM generate = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
	CK_ATTRIBUTE public[] = {{CKA_TOKEN, stored, 1},
				 {CKA_EC_PARAMS, name, size},
				 {CKA_LABEL, "pair", 4}};
	CK_ATTRIBUTE private[] = {{CKA_TOKEN, stored, 1},
				  {CKA_DERIVE, &yes, 1},
				  {CKA_LABEL, "pair", 4}};

	return token_generate_pair(token, 1, &generate, public, 3, private, 3,
				   &pair->public, &pair->private);
}

struct scene_pair scene_ec(struct token *token, unsigned bits, bool is_token)
{
	struct scene_pair pair;

	scene_need(scene_try_ec(token, bits, is_token, &pair), "EC");
	return pair;
}

struct scene_pair scene_rsa(struct token *token, unsigned bits, bool is_token)
{
	CK_ULONG wanted = bits;
	CK_BBOOL *stored = is_token ? &yes : &no;
	CK_MECHANISM generate = {CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0};
	CK_ATTRIBUTE public[] = {{CKA_TOKEN, stored, 1},
				 {CKA_WRAP, &yes, 1},
				 {CKA_MODULUS_BITS, &wanted, sizeof(wanted)}};
	CK_ATTRIBUTE private[] = {{CKA_TOKEN, stored, 1},
				  {CKA_DECRYPT, &yes, 1},
				  {CKA_UNWRAP, &yes, 1}};
	struct scene_pair pair;

	scene_need(token_generate_pair(token, 1, &generate, public, 3, private,
				       3, &pair.public, &pair.private),
		   "RSA");
	return pair;
}

CK_OBJECT_HANDLE scene_secret(struct token *token, CK_KEY_TYPE type,
			      CK_ULONG size)
{
	CK_MECHANISM generate = {type == CKK_AES ? CKM_AES_KEY_GEN :
						   CKM_GENERIC_SECRET_KEY_GEN,
				 NULL, 0};
	CK_ATTRIBUTE template[] = {
		{CKA_VALUE_LEN, &size, sizeof(size)}, {CKA_SENSITIVE, &no, 1},
		{CKA_EXTRACTABLE, &yes, 1},	      {CKA_WRAP, &yes, 1},
		{CKA_UNWRAP, &yes, 1},		      {CKA_DECRYPT, &yes, 1},
	};
	CK_OBJECT_HANDLE key;

	scene_need(token_generate_key(token, 1, &generate, template, 6, &key),
		   "secret key");
	return key;
}

CK_RV scene_sign(struct token *token, CK_MECHANISM_TYPE type,
		 CK_OBJECT_HANDLE key, const void *in, size_t in_size,
		 uint8_t *out, size_t *size)
{
	CK_MECHANISM mechanism = {type, NULL, 0};

	*size = SCENE_OUTPUT_SIZE;
	return token_operate(token, KEY_USE_SIGN, &mechanism, key, in, in_size,
			     out, size);
}

CK_RV scene_verify(struct token *token, CK_MECHANISM_TYPE type,
		   CK_OBJECT_HANDLE key, const void *in, size_t in_size,
		   const uint8_t *signature, size_t size)
{
	CK_MECHANISM mechanism = {type, NULL, 0};

	return token_verify(token, &mechanism, key, in, in_size, signature,
			    size);
}

static bool signs(struct token *token, CK_OBJECT_HANDLE key)
{
	CK_KEY_TYPE type;
	CK_ATTRIBUTE what = {CKA_KEY_TYPE, &type, sizeof(type)};
	CK_MECHANISM mechanism = {CKM_ECDSA_SHA256, NULL, 0};
	uint8_t signature[512];
	size_t size = sizeof(signature);

	if (token_get_attributes(token, key, &what, 1))
		return false;
	if (type == CKK_RSA)
		mechanism.mechanism = CKM_SHA256_RSA_PKCS;
	return !token_operate(token, KEY_USE_SIGN, &mechanism, key, "text", 4,
			      signature, &size);
}

bool scene_works(struct token *token)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE wanted = {CKA_CLASS, &class, sizeof(class)};
	CK_OBJECT_HANDLE keys[TOKEN_FIND_MAX];
	struct key_token_info info;
	size_t count;

	if (token_info(token, &info) || info.missing_count ||
	    token_find(token, &wanted, 1, keys, TOKEN_FIND_MAX, &count))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!signs(token, keys[i]))
			return false;
	return true;
}
