/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PAL that does one cryptographic operation a call, so that published test
 * vectors can be run where the code they are about really runs.  It knows no
 * expected values: those stay outside, with the driver.
 *
 * It is a test: keys come from the caller.
 */
#include <stdbool.h>
#include <string.h>
#include <psa/crypto.h>
#include <mbedtls/nist_kw.h>
#include "pal.h"
#include "vectors.h"

PAL_NAME("vectors");
PAL_THREADS(2);
PAL_HEAP_SIZE(0x40000);

struct field {
	const uint8_t *data;
	size_t size;
};

struct job {
	struct vector_request request;
	struct field field[VECTOR_FIELD_COUNT];
	uint8_t *out;
	size_t out_size;
	size_t written;
};

/* The caller's claims about sizes, checked against what there is. */
static bool parse(struct job *job, const uint8_t *in, size_t in_size)
{
	size_t at = sizeof(job->request);

	if (in_size < at)
		return false;
	memcpy(&job->request, in, at);
	for (int i = 0; i < VECTOR_FIELD_COUNT; i++) {
		size_t size = job->request.field_sizes[i];

		if (size > in_size - at)
			return false;
		job->field[i] = (struct field){in + at, size};
		at += size;
	}
	return at == in_size;
}

/* Import the first field as a key for one algorithm and usage. */
static psa_status_t import_key(const struct job *job, psa_key_usage_t usage,
			       psa_key_id_t *key)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

	psa_set_key_type(&attributes, (psa_key_type_t)job->request.key_type);
	psa_set_key_usage_flags(&attributes, usage);
	psa_set_key_algorithm(&attributes, job->request.algorithm);
	return psa_import_key(&attributes, job->field[0].data,
			      job->field[0].size, key);
}

static psa_status_t run_hash(struct job *job, psa_key_id_t key)
{
	(void)key;
	return psa_hash_compute(job->request.algorithm, job->field[0].data,
				job->field[0].size, job->out, job->out_size,
				&job->written);
}

static psa_status_t run_mac(struct job *job, psa_key_id_t key)
{
	return psa_mac_compute(key, job->request.algorithm, job->field[1].data,
			       job->field[1].size, job->out, job->out_size,
			       &job->written);
}

static psa_status_t run_mac_verify(struct job *job, psa_key_id_t key)
{
	return psa_mac_verify(key, job->request.algorithm, job->field[1].data,
			      job->field[1].size, job->field[2].data,
			      job->field[2].size);
}

/* Several steps, for psa_cipher_encrypt() would choose the IV itself. */
static psa_status_t run_cipher(struct job *job, psa_key_id_t key,
			       psa_status_t (*setup)(psa_cipher_operation_t *,
						     psa_key_id_t,
						     psa_algorithm_t))
{
	psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
	size_t updated = 0, finished = 0;
	psa_status_t status;

	status = setup(&operation, key, job->request.algorithm);
	if (!status && job->field[1].size)
		status = psa_cipher_set_iv(&operation, job->field[1].data,
					   job->field[1].size);
	if (!status)
		status = psa_cipher_update(&operation, job->field[2].data,
					   job->field[2].size, job->out,
					   job->out_size, &updated);
	if (!status)
		status = psa_cipher_finish(&operation, job->out + updated,
					   job->out_size - updated, &finished);
	psa_cipher_abort(&operation);
	job->written = updated + finished;
	return status;
}

static psa_status_t run_encrypt(struct job *job, psa_key_id_t key)
{
	return run_cipher(job, key, psa_cipher_encrypt_setup);
}

static psa_status_t run_decrypt(struct job *job, psa_key_id_t key)
{
	return run_cipher(job, key, psa_cipher_decrypt_setup);
}

static psa_status_t run_aead_encrypt(struct job *job, psa_key_id_t key)
{
	const struct field *field = job->field;

	return psa_aead_encrypt(key, job->request.algorithm, field[1].data,
				field[1].size, field[2].data, field[2].size,
				field[3].data, field[3].size, job->out,
				job->out_size, &job->written);
}

static psa_status_t run_aead_decrypt(struct job *job, psa_key_id_t key)
{
	const struct field *field = job->field;

	return psa_aead_decrypt(key, job->request.algorithm, field[1].data,
				field[1].size, field[2].data, field[2].size,
				field[3].data, field[3].size, job->out,
				job->out_size, &job->written);
}

static psa_status_t feed_hkdf(struct job *job,
			      psa_key_derivation_operation_t *operation,
			      psa_key_id_t key)
{
	psa_status_t status;

	status = psa_key_derivation_input_bytes(
		operation, PSA_KEY_DERIVATION_INPUT_SALT, job->field[1].data,
		job->field[1].size);
	if (!status)
		status = psa_key_derivation_input_key(
			operation, PSA_KEY_DERIVATION_INPUT_SECRET, key);
	if (!status)
		status = psa_key_derivation_input_bytes(
			operation, PSA_KEY_DERIVATION_INPUT_INFO,
			job->field[2].data, job->field[2].size);
	return status;
}

static psa_status_t feed_pbkdf2(struct job *job,
				psa_key_derivation_operation_t *operation,
				psa_key_id_t key)
{
	psa_status_t status;

	status = psa_key_derivation_input_integer(operation,
						  PSA_KEY_DERIVATION_INPUT_COST,
						  job->request.iterations);
	if (!status)
		status = psa_key_derivation_input_bytes(
			operation, PSA_KEY_DERIVATION_INPUT_SALT,
			job->field[1].data, job->field[1].size);
	if (!status)
		status = psa_key_derivation_input_key(
			operation, PSA_KEY_DERIVATION_INPUT_PASSWORD, key);
	return status;
}

static psa_status_t run_derivation(
	struct job *job, psa_key_id_t key,
	psa_status_t (*feed)(struct job *, psa_key_derivation_operation_t *,
			     psa_key_id_t))
{
	psa_key_derivation_operation_t operation =
		PSA_KEY_DERIVATION_OPERATION_INIT;
	size_t size = job->request.output_size;
	psa_status_t status;

	if (size > job->out_size)
		return PSA_ERROR_BUFFER_TOO_SMALL;
	status = psa_key_derivation_setup(&operation, job->request.algorithm);
	if (!status)
		status = feed(job, &operation, key);
	if (!status)
		status = psa_key_derivation_output_bytes(&operation, job->out,
							 size);
	psa_key_derivation_abort(&operation);
	job->written = size;
	return status;
}

static psa_status_t run_hkdf(struct job *job, psa_key_id_t key)
{
	return run_derivation(job, key, feed_hkdf);
}

static psa_status_t run_pbkdf2(struct job *job, psa_key_id_t key)
{
	return run_derivation(job, key, feed_pbkdf2);
}

static psa_status_t run_sign(struct job *job, psa_key_id_t key)
{
	return psa_sign_message(key, job->request.algorithm, job->field[1].data,
				job->field[1].size, job->out, job->out_size,
				&job->written);
}

static psa_status_t run_verify(struct job *job, psa_key_id_t key)
{
	return psa_verify_message(key, job->request.algorithm,
				  job->field[1].data, job->field[1].size,
				  job->field[2].data, job->field[2].size);
}

static psa_status_t run_verify_hash(struct job *job, psa_key_id_t key)
{
	return psa_verify_hash(key, job->request.algorithm, job->field[1].data,
			       job->field[1].size, job->field[2].data,
			       job->field[2].size);
}

static psa_status_t run_agree(struct job *job, psa_key_id_t key)
{
	return psa_raw_key_agreement(job->request.algorithm, key,
				     job->field[1].data, job->field[1].size,
				     job->out, job->out_size, &job->written);
}

static psa_status_t run_unseal(struct job *job, psa_key_id_t key)
{
	return psa_asymmetric_decrypt(key, job->request.algorithm,
				      job->field[1].data, job->field[1].size,
				      job->field[2].data, job->field[2].size,
				      job->out, job->out_size, &job->written);
}

/* PSA has no key wrap: this is the one use of Mbed TLS's own interface. */
static psa_status_t run_key_wrap(struct job *job, int is_wrap)
{
	mbedtls_nist_kw_mode_t mode =
		(mbedtls_nist_kw_mode_t)job->request.algorithm;
	mbedtls_nist_kw_context context;
	int error;

	mbedtls_nist_kw_init(&context);
	error = mbedtls_nist_kw_setkey(
		&context, MBEDTLS_CIPHER_ID_AES, job->field[0].data,
		(unsigned)job->field[0].size * 8, is_wrap);
	if (!error && is_wrap)
		error = mbedtls_nist_kw_wrap(&context, mode, job->field[1].data,
					     job->field[1].size, job->out,
					     &job->written, job->out_size);
	else if (!error)
		error = mbedtls_nist_kw_unwrap(
			&context, mode, job->field[1].data, job->field[1].size,
			job->out, &job->written, job->out_size);
	mbedtls_nist_kw_free(&context);

	if (error == MBEDTLS_ERR_CIPHER_AUTH_FAILED)
		return PSA_ERROR_INVALID_SIGNATURE;
	if (error == MBEDTLS_ERR_CIPHER_BAD_INPUT_DATA)
		return PSA_ERROR_INVALID_ARGUMENT;
	return error ? PSA_ERROR_GENERIC_ERROR : PSA_SUCCESS;
}

static psa_status_t run_wrap(struct job *job, psa_key_id_t key)
{
	(void)key;
	return run_key_wrap(job, 1);
}

static psa_status_t run_unwrap(struct job *job, psa_key_id_t key)
{
	(void)key;
	return run_key_wrap(job, 0);
}

/* Sign, then verify; and a changed signature must not verify. */
static psa_status_t sign_and_verify(struct job *job, psa_key_id_t key)
{
	psa_algorithm_t algorithm = job->request.algorithm;
	const struct field *message = &job->field[0];
	psa_status_t status;
	size_t size = 0;

	status = psa_sign_message(key, algorithm, message->data, message->size,
				  job->out, job->out_size, &size);
	if (!status)
		status = psa_verify_message(key, algorithm, message->data,
					    message->size, job->out, size);
	if (status)
		return status;

	job->out[size / 2] ^= 1;
	status = psa_verify_message(key, algorithm, message->data,
				    message->size, job->out, size);
	return status == PSA_ERROR_INVALID_SIGNATURE
		       ? PSA_SUCCESS
		       : PSA_ERROR_CORRUPTION_DETECTED;
}

static psa_status_t run_generate(struct job *job, psa_key_id_t unused)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t key = 0;
	psa_status_t status;

	(void)unused;
	psa_set_key_type(&attributes, (psa_key_type_t)job->request.key_type);
	psa_set_key_bits(&attributes, job->request.key_bits);
	psa_set_key_algorithm(&attributes, job->request.algorithm);
	psa_set_key_usage_flags(&attributes,
				PSA_KEY_USAGE_SIGN_MESSAGE |
					PSA_KEY_USAGE_VERIFY_MESSAGE);
	status = psa_generate_key(&attributes, &key);
	if (!status)
		status = sign_and_verify(job, key);
	psa_destroy_key(key);
	return status;
}

static psa_status_t run_random(struct job *job, psa_key_id_t key)
{
	(void)key;
	if (job->request.output_size > job->out_size)
		return PSA_ERROR_BUFFER_TOO_SMALL;
	job->written = job->request.output_size;
	return psa_generate_random(job->out, job->written);
}

struct row {
	psa_status_t (*run)(struct job *job, psa_key_id_t key);
	psa_key_usage_t usage; /* of the first field as a key; 0: it is none */
};

static const struct row rows[] = {
	[VECTOR_HASH] = {run_hash, 0},
	[VECTOR_MAC] = {run_mac, PSA_KEY_USAGE_SIGN_MESSAGE},
	[VECTOR_MAC_VERIFY] = {run_mac_verify, PSA_KEY_USAGE_VERIFY_MESSAGE},
	[VECTOR_ENCRYPT] = {run_encrypt, PSA_KEY_USAGE_ENCRYPT},
	[VECTOR_DECRYPT] = {run_decrypt, PSA_KEY_USAGE_DECRYPT},
	[VECTOR_AEAD_ENCRYPT] = {run_aead_encrypt, PSA_KEY_USAGE_ENCRYPT},
	[VECTOR_AEAD_DECRYPT] = {run_aead_decrypt, PSA_KEY_USAGE_DECRYPT},
	[VECTOR_HKDF] = {run_hkdf, PSA_KEY_USAGE_DERIVE},
	[VECTOR_PBKDF2] = {run_pbkdf2, PSA_KEY_USAGE_DERIVE},
	[VECTOR_SIGN] = {run_sign, PSA_KEY_USAGE_SIGN_MESSAGE},
	[VECTOR_VERIFY] = {run_verify, PSA_KEY_USAGE_VERIFY_MESSAGE},
	[VECTOR_VERIFY_HASH] = {run_verify_hash, PSA_KEY_USAGE_VERIFY_HASH},
	[VECTOR_AGREE] = {run_agree, PSA_KEY_USAGE_DERIVE},
	[VECTOR_UNSEAL] = {run_unseal, PSA_KEY_USAGE_DECRYPT},
	[VECTOR_WRAP] = {run_wrap, 0},
	[VECTOR_UNWRAP] = {run_unwrap, 0},
	[VECTOR_GENERATE] = {run_generate, 0},
	[VECTOR_RANDOM] = {run_random, 0},
};

static psa_status_t run(struct job *job)
{
	uint32_t operation = job->request.operation;
	const struct row *row = &rows[operation];
	psa_key_id_t key = 0;
	psa_status_t status;

	status = psa_crypto_init();
	if (!status && row->usage)
		status = import_key(job, row->usage, &key);
	if (!status)
		status = row->run(job, key);
	psa_destroy_key(key);
	return status;
}

static long vector_run(const void *in, size_t in_size, void *out,
		       size_t out_size)
{
	struct job job = {.out = out, .out_size = out_size};
	psa_status_t status;

	if (!parse(&job, in, in_size))
		return PSA_ERROR_DATA_INVALID;
	if (job.request.operation >= sizeof(rows) / sizeof(rows[0]) ||
	    !rows[job.request.operation].run)
		return PSA_ERROR_NOT_SUPPORTED;
	status = run(&job);
	return status ? status : (long)job.written;
}

PAL_ENTRIES(vector_run);
