/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver of the vector tests: reads vector files (README.md has their
 * format), has each vector computed by call(), and compares.
 *
 *	run_vectors FILE...
 *
 * One line a file; exit status 0 only if every vector of every file passed.
 * The parser is strict: what it does not know is an error, never skipped.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <psa/crypto.h>
#include <mbedtls/nist_kw.h>
#include "call.h"
#include "vectors.h"

#define ECC_PAIR   PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)
#define ECC_PUBLIC PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1)
#define X25519	   PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_MONTGOMERY)
#define RSA_PAIR   PSA_KEY_TYPE_RSA_KEY_PAIR
#define RSA_PUBLIC PSA_KEY_TYPE_RSA_PUBLIC_KEY

/* What an `operation =` line may name. */
struct operation {
	const char *name;
	enum vector_operation code;
	uint32_t algorithm;
	uint32_t key_type;
	uint32_t key_bits;
	const char *fields; /* their names, in order */
};

#define HASH_ROWS(name, hash)                                                  \
	{name, VECTOR_HASH, hash, 0, 0, "message"},                            \
		{"hmac_" name,	    VECTOR_MAC, PSA_ALG_HMAC(hash),            \
		 PSA_KEY_TYPE_HMAC, 0,		"key message"},                \
		{"hmac_" name "_verify",                                       \
		 VECTOR_MAC_VERIFY,                                            \
		 PSA_ALG_HMAC(hash),                                           \
		 PSA_KEY_TYPE_HMAC,                                            \
		 0,                                                            \
		 "key message mac"},                                           \
		{"hkdf_" name,	      VECTOR_HKDF, PSA_ALG_HKDF(hash),         \
		 PSA_KEY_TYPE_DERIVE, 0,	   "secret salt info"},        \
	{                                                                      \
		"pbkdf2_hmac_" name, VECTOR_PBKDF2, PSA_ALG_PBKDF2_HMAC(hash), \
			PSA_KEY_TYPE_PASSWORD, 0, "password salt"              \
	}

#define CIPHER_ROWS(name, algorithm, fields)                                   \
	{name "_encrypt", VECTOR_ENCRYPT, algorithm, PSA_KEY_TYPE_AES, 0,      \
	 fields},                                                              \
	{                                                                      \
		name "_decrypt", VECTOR_DECRYPT, algorithm, PSA_KEY_TYPE_AES,  \
			0, fields                                              \
	}

#define AEAD_ROWS(name, algorithm)                                             \
	{name "_encrypt",                                                      \
	 VECTOR_AEAD_ENCRYPT,                                                  \
	 algorithm,                                                            \
	 PSA_KEY_TYPE_AES,                                                     \
	 0,                                                                    \
	 "key nonce aad message"},                                             \
	{                                                                      \
		name "_decrypt", VECTOR_AEAD_DECRYPT, algorithm,               \
			PSA_KEY_TYPE_AES, 0, "key nonce aad message"           \
	}

#define SIGNATURE_ROWS(name, algorithm, pair, public)                          \
	{                                                                      \
		name "_sign", VECTOR_SIGN, algorithm,                          \
		pair,	      0,	   "private_key message"},             \
		{name "_verify",                                               \
		 VECTOR_VERIFY,                                                \
		 algorithm,                                                    \
		 public,                                                       \
		 0,                                                            \
		 "public_key message signature"},                              \
	{                                                                      \
		name "_verify_hash", VECTOR_VERIFY_HASH, algorithm, public, 0, \
			"public_key digest signature"                          \
	}

#define RSA_ROWS(name, hash)                                                   \
	SIGNATURE_ROWS("rsa_pkcs1_" name, PSA_ALG_RSA_PKCS1V15_SIGN(hash),     \
		       RSA_PAIR, RSA_PUBLIC),                                  \
		SIGNATURE_ROWS("rsa_pss_" name, PSA_ALG_RSA_PSS(hash),         \
			       RSA_PAIR, RSA_PUBLIC),                          \
	{                                                                      \
		"rsa_oaep_" name "_decrypt", VECTOR_UNSEAL,                    \
			PSA_ALG_RSA_OAEP(hash), RSA_PAIR, 0,                   \
			"private_key message label"                            \
	}

#define ECDSA_ROWS(name, hash)                                                 \
	SIGNATURE_ROWS("ecdsa_" name, PSA_ALG_DETERMINISTIC_ECDSA(hash),       \
		       ECC_PAIR, ECC_PUBLIC)

static const struct operation operations[] = {
	HASH_ROWS("sha1", PSA_ALG_SHA_1),
	HASH_ROWS("sha224", PSA_ALG_SHA_224),
	HASH_ROWS("sha256", PSA_ALG_SHA_256),
	HASH_ROWS("sha384", PSA_ALG_SHA_384),
	HASH_ROWS("sha512", PSA_ALG_SHA_512),
	HASH_ROWS("sha3_224", PSA_ALG_SHA3_224),
	HASH_ROWS("sha3_256", PSA_ALG_SHA3_256),
	HASH_ROWS("sha3_384", PSA_ALG_SHA3_384),
	HASH_ROWS("sha3_512", PSA_ALG_SHA3_512),
	{"aes_cmac", VECTOR_MAC, PSA_ALG_CMAC, PSA_KEY_TYPE_AES, 0,
	 "key message"},
	{"aes_cmac_verify", VECTOR_MAC_VERIFY, PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
	 0, "key message mac"},
	{"pbkdf2_aes_cmac", VECTOR_PBKDF2, PSA_ALG_PBKDF2_AES_CMAC_PRF_128,
	 PSA_KEY_TYPE_PASSWORD, 0, "password salt"},
	CIPHER_ROWS("aes_ecb", PSA_ALG_ECB_NO_PADDING, "key - message"),
	CIPHER_ROWS("aes_cbc", PSA_ALG_CBC_NO_PADDING, "key iv message"),
	CIPHER_ROWS("aes_cbc_pkcs7", PSA_ALG_CBC_PKCS7, "key iv message"),
	CIPHER_ROWS("aes_ctr", PSA_ALG_CTR, "key iv message"),
	AEAD_ROWS("aes_gcm", PSA_ALG_GCM),
	AEAD_ROWS("aes_ccm", PSA_ALG_CCM),
	{"aes_kw_wrap", VECTOR_WRAP, MBEDTLS_KW_MODE_KW, 0, 0, "key message"},
	{"aes_kw_unwrap", VECTOR_UNWRAP, MBEDTLS_KW_MODE_KW, 0, 0,
	 "key message"},
	{"aes_kwp_wrap", VECTOR_WRAP, MBEDTLS_KW_MODE_KWP, 0, 0, "key message"},
	{"aes_kwp_unwrap", VECTOR_UNWRAP, MBEDTLS_KW_MODE_KWP, 0, 0,
	 "key message"},
	ECDSA_ROWS("sha224", PSA_ALG_SHA_224),
	ECDSA_ROWS("sha256", PSA_ALG_SHA_256),
	ECDSA_ROWS("sha384", PSA_ALG_SHA_384),
	ECDSA_ROWS("sha512", PSA_ALG_SHA_512),
	{"ecdh_nist", VECTOR_AGREE, PSA_ALG_ECDH, ECC_PAIR, 0,
	 "private_key public_key"},
	{"ecdh_x25519", VECTOR_AGREE, PSA_ALG_ECDH, X25519, 0,
	 "private_key public_key"},
	RSA_ROWS("sha1", PSA_ALG_SHA_1),
	RSA_ROWS("sha224", PSA_ALG_SHA_224),
	RSA_ROWS("sha256", PSA_ALG_SHA_256),
	RSA_ROWS("sha384", PSA_ALG_SHA_384),
	RSA_ROWS("sha512", PSA_ALG_SHA_512),
	{"rsa_pkcs1_decrypt", VECTOR_UNSEAL, PSA_ALG_RSA_PKCS1V15_CRYPT,
	 RSA_PAIR, 0, "private_key message label"},
	{"generate_ecdsa_p256", VECTOR_GENERATE, PSA_ALG_ECDSA(PSA_ALG_SHA_256),
	 ECC_PAIR, 256, "message"},
	{"generate_ecdsa_p384", VECTOR_GENERATE, PSA_ALG_ECDSA(PSA_ALG_SHA_384),
	 ECC_PAIR, 384, "message"},
	{"generate_ecdsa_p521", VECTOR_GENERATE, PSA_ALG_ECDSA(PSA_ALG_SHA_512),
	 ECC_PAIR, 521, "message"},
	{"generate_rsa_2048", VECTOR_GENERATE, PSA_ALG_RSA_PSS(PSA_ALG_SHA_256),
	 RSA_PAIR, 2048, "message"},
	{"random", VECTOR_RANDOM, 0, 0, 0, ""},
};

/* One vector, as its block of lines said. */
struct vector {
	const struct operation *operation;
	uint32_t size, iterations, tag_size;
	bool has_field[VECTOR_FIELD_COUNT];
	uint8_t field[VECTOR_FIELD_COUNT][VECTOR_MAX_SIZE];
	size_t field_size[VECTOR_FIELD_COUNT];
	bool has_output, has_result, valid;
	uint8_t output[VECTOR_MAX_SIZE];
	size_t output_size;
};

struct file {
	const char *name;
	FILE *stream;
	int line;
	int passed, failed;
};

static void complain(const struct file *file, const char *what)
{
	fprintf(stderr, "%s:%d: %s\n", file->name, file->line, what);
}

static int digit_value(char digit)
{
	const char *digits = "0123456789abcdef";
	const char *at = digit ? strchr(digits, digit) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Lower-case hexadecimal, whole bytes; "-" is no bytes at all. */
static bool parse_hex(const char *text, uint8_t *to, size_t *size)
{
	*size = 0;
	if (!strcmp(text, "-"))
		return true;
	for (; text[0]; text += 2) {
		int high = digit_value(text[0]), low = digit_value(text[1]);

		if (high < 0 || low < 0 || *size == VECTOR_MAX_SIZE)
			return false;
		to[(*size)++] = (uint8_t)(high << 4 | low);
	}
	return *size;
}

static bool parse_number(const char *text, uint32_t *number)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*number = (uint32_t)value;
	return isdigit((unsigned char)*text) && !*end && value &&
	       value <= 1000000;
}

static bool parse_operation(const char *text, struct vector *vector)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++)
		if (!strcmp(operations[i].name, text))
			vector->operation = &operations[i];
	return vector->operation;
}

static bool parse_result(const char *text, struct vector *vector)
{
	vector->valid = !strcmp(text, "valid");
	vector->has_result = true;
	return vector->valid || !strcmp(text, "invalid");
}

/* Where the field of this name stands in the operation's list, or -1. */
static int field_index(const struct operation *operation, const char *name)
{
	char names[64], *rest = names, *each;

	snprintf(names, sizeof(names), "%s", operation->fields);
	for (int i = 0; (each = strtok_r(rest, " ", &rest)); i++)
		if (!strcmp(each, name))
			return i;
	return -1;
}

static int field_count(const struct operation *operation)
{
	int count = *operation->fields ? 1 : 0;

	for (const char *at = operation->fields; *at; at++)
		count += *at == ' ';
	return count;
}

static bool parse_field(const char *name, const char *text,
			struct vector *vector)
{
	int i = field_index(vector->operation, name);

	if (i < 0 || vector->has_field[i])
		return false;
	vector->has_field[i] = true;
	return parse_hex(text, vector->field[i], &vector->field_size[i]);
}

static bool parse_output(const char *text, struct vector *vector)
{
	if (vector->has_output)
		return false;
	vector->has_output = true;
	return parse_hex(text, vector->output, &vector->output_size);
}

static bool parse_pair(const char *name, const char *text,
		       struct vector *vector)
{
	if (!strcmp(name, "operation"))
		return !vector->operation && parse_operation(text, vector);
	if (!vector->operation)
		return false;
	if (!strcmp(name, "output"))
		return parse_output(text, vector);
	if (!strcmp(name, "result"))
		return !vector->has_result && parse_result(text, vector);
	if (!strcmp(name, "size"))
		return !vector->size && parse_number(text, &vector->size);
	if (!strcmp(name, "iterations"))
		return !vector->iterations &&
		       parse_number(text, &vector->iterations);
	if (!strcmp(name, "tag_size"))
		return !vector->tag_size &&
		       parse_number(text, &vector->tag_size);
	return parse_field(name, text, vector);
}

static bool is_complete(const struct vector *vector)
{
	int code = vector->operation->code;
	char names[64], *rest = names, *each;

	snprintf(names, sizeof(names), "%s", vector->operation->fields);
	for (int i = 0; (each = strtok_r(rest, " ", &rest)); i++)
		if (strcmp(each, "-") && !vector->has_field[i])
			return false;
	if ((code == VECTOR_PBKDF2) != (vector->iterations != 0))
		return false;
	if ((code == VECTOR_AEAD_ENCRYPT || code == VECTOR_AEAD_DECRYPT) !=
	    (vector->tag_size != 0))
		return false;
	if ((code == VECTOR_HKDF || code == VECTOR_PBKDF2 ||
	     code == VECTOR_RANDOM) != (vector->size != 0))
		return false;
	return vector->has_output != vector->has_result;
}

/* "name = text", in place.  The line's end is already cut off. */
static bool split(char *line, const char **name, const char **text)
{
	char *equals = strstr(line, " = ");

	if (!equals)
		return false;
	*equals = 0;
	*name = line;
	*text = equals + 3;
	return **text;
}

/*
 * The next block of lines.  Returns 1, 0 at the end of the file, or -1 when the
 * file makes no sense.
 */
static int read_vector(struct file *file, struct vector *vector)
{
	static char line[2 * VECTOR_MAX_SIZE + 64];
	const char *name, *text;

	memset(vector, 0, sizeof(*vector));
	while (fgets(line, sizeof(line), file->stream)) {
		size_t length = strcspn(line, "\n");

		file->line++;
		if (line[length] != '\n')
			return complain(file, "line too long"), -1;
		line[length] = 0;
		if (line[0] == '#')
			continue;
		if (!length && vector->operation)
			break;
		if (!length)
			continue;
		if (!split(line, &name, &text) ||
		    !parse_pair(name, text, vector))
			return complain(file, "not understood"), -1;
	}
	if (!vector->operation)
		return 0;
	if (!is_complete(vector))
		return complain(file, "vector lacks a line, or has one too "
				      "many"),
		       -1;
	return 1;
}

static uint32_t algorithm_of(const struct vector *vector)
{
	uint32_t algorithm = vector->operation->algorithm;

	if (!vector->tag_size)
		return algorithm;
	return PSA_ALG_AEAD_WITH_SHORTENED_TAG(algorithm, vector->tag_size);
}

static size_t make_request(const struct vector *vector, uint8_t *to)
{
	const struct operation *operation = vector->operation;
	struct vector_request request = {
		.operation = operation->code,
		.algorithm = algorithm_of(vector),
		.key_type = operation->key_type,
		.key_bits = operation->key_bits,
		.output_size = vector->size,
		.iterations = vector->iterations,
	};
	size_t at = sizeof(request);

	for (int i = 0; i < field_count(operation); i++) {
		request.field_sizes[i] = (uint32_t)vector->field_size[i];
		memcpy(to + at, vector->field[i], vector->field_size[i]);
		at += vector->field_size[i];
	}
	memcpy(to, &request, sizeof(request));
	return at;
}

/* The ways in which PSA says that something foreign is not what it should be */
static bool is_rejection(int status)
{
	return status == PSA_ERROR_INVALID_SIGNATURE ||
	       status == PSA_ERROR_INVALID_PADDING ||
	       status == PSA_ERROR_INVALID_ARGUMENT;
}

static bool is_as_expected(const struct vector *vector, int status,
			   const uint8_t *out, size_t out_size)
{
	if (vector->has_output)
		return !status && out_size == vector->output_size &&
		       !memcmp(out, vector->output, out_size);
	if (!vector->valid)
		return is_rejection(status);
	return !status && out_size == vector->size;
}

static void run_vector(struct file *file, const struct vector *vector)
{
	static uint8_t in[sizeof(struct vector_request) +
			  VECTOR_FIELD_COUNT * VECTOR_MAX_SIZE];
	static uint8_t out[VECTOR_MAX_SIZE];
	size_t in_size = make_request(vector, in), out_size = 0;
	int status = call(in, in_size, out, sizeof(out), &out_size);

	if (is_as_expected(vector, status, out, out_size)) {
		file->passed++;
		return;
	}
	file->failed++;
	fprintf(stderr, "%s:%d: %s: status %d, %zu bytes\n", file->name,
		file->line, vector->operation->name, status, out_size);
}

static bool run_file(struct file *file)
{
	static struct vector vector;
	int more;

	file->stream = fopen(file->name, "r");
	if (!file->stream) {
		perror(file->name);
		return false;
	}
	while ((more = read_vector(file, &vector)) > 0)
		run_vector(file, &vector);
	fclose(file->stream);
	return !more && file->passed && !file->failed;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int main(int argument_count, char **arguments)
{
	int passed = 0, failed = 0;

	if (argument_count < 2) {
		fprintf(stderr, "usage: %s FILE...\n", arguments[0]);
		return 2;
	}
	if (call_open())
		return 2;
	for (int i = 1; i < argument_count; i++) {
		struct file file = {.name = arguments[i]};
		bool good = run_file(&file);

		printf("%sok %d - %s: %d vectors\n", good ? "" : "not ", i,
		       base_name(file.name), file.passed + file.failed);
		passed += good;
		failed += !good;
	}
	call_close();
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
