/* SPDX-License-Identifier: BSD-2-Clause */
/* Signed heads of the chain of uses. */
#include "token_audit_head.h"
#include <inttypes.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "hex.h"
#include "host/file.h"
#include "output_file.h"
#include "pal_host.h"

#define TEXT_SIZE 1024
#define FORMAT                                                                 \
	"palisade audit head 1\nserial %s\nsequence %" PRIu64                   \
	"\nhash %s\nnonce %s\nsignature %s\n"

static const char magic[8] = {'P', 'A', 'L', 'A', 'U', 'D', 'I', 'T'};

bool audit_head_is_signed(const struct key_audit_head *head,
			  const uint8_t key_bytes[AUDIT_KEY_SIZE])
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t key;
	psa_status_t status;

	psa_set_key_type(&attributes,
			 PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_MESSAGE);
	if (psa_crypto_init() != PSA_SUCCESS ||
	    psa_import_key(&attributes, key_bytes, AUDIT_KEY_SIZE, &key) !=
		    PSA_SUCCESS)
		return false;
	status = psa_verify_message(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256),
				    (const uint8_t *)head,
				    offsetof(struct key_audit_head, signature),
				    head->signature, sizeof(head->signature));
	psa_destroy_key(key);
	return status == PSA_SUCCESS;
}

static void write_text(char text[TEXT_SIZE], const struct key_audit_head *head)
{
	char serial[sizeof(head->serial) + 1] = "";
	char hash[2 * sizeof(head->hash) + 1];
	char nonce[2 * sizeof(head->nonce) + 1];
	char signature[2 * sizeof(head->signature) + 1];

	memcpy(serial, head->serial, sizeof(head->serial));
	hex_write(hash, head->hash, sizeof(head->hash));
	hex_write(nonce, head->nonce, sizeof(head->nonce));
	hex_write(signature, head->signature, sizeof(head->signature));
	snprintf(text, TEXT_SIZE, FORMAT, serial, head->sequence, hash, nonce,
		 signature);
}

int audit_head_write(const char *path, const struct key_audit_head *head)
{
	char text[TEXT_SIZE];

	write_text(text, head);
	return output_file_write(path, text, strlen(text));
}

static bool read_text(const char *text, struct key_audit_head *head)
{
	char serial[17], hash[65], nonce[65], signature[129];

	memset(head, 0, sizeof(*head));
	memcpy(head->magic, magic, sizeof(magic));
	if (sscanf(text,
		   "palisade audit head 1 serial %16s sequence %" SCNu64
		   " hash %64s nonce %64s signature %128s",
		   serial, &head->sequence, hash, nonce, signature) != 5 ||
	    strlen(serial) != sizeof(head->serial))
		return false;
	memcpy(head->serial, serial, sizeof(head->serial));
	return hex_read(hash, strlen(hash), head->hash, sizeof(head->hash)) &&
	       hex_read(nonce, strlen(nonce), head->nonce,
			sizeof(head->nonce)) &&
	       hex_read(signature, strlen(signature), head->signature,
			sizeof(head->signature));
}

/* Exactly what audit_head_write() writes, or it is somebody else's file. */
static bool is_same_text(const char *text, const struct key_audit_head *head)
{
	char again[TEXT_SIZE];

	write_text(again, head);
	return !strcmp(text, again);
}

int audit_head_read(const char *path, struct key_audit_head *head)
{
	char text[TEXT_SIZE] = "";
	void *bytes;
	size_t size;

	if (file_read(path, &bytes, &size)) {
		report("%s", pal_error_text());
		return EXIT_FAILURE;
	}
	if (size < sizeof(text))
		memcpy(text, bytes, size);
	free(bytes);
	if (read_text(text, head) && is_same_text(text, head))
		return EXIT_SUCCESS;
	report("%s: not the head of a record of uses, as `pal token audit "
	       "--save-head` writes it",
	       path);
	return EXIT_FAILURE;
}
