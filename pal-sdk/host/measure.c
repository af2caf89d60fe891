/* SPDX-License-Identifier: BSD-2-Clause */
/* Measuring an image; a file of its own as it needs the crypto library. */
#include "measure.h"
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>
#include "error.h"
#include "file.h"
#include "tool/image_check.h"

#define PIECE 0x400000u

static psa_status_t hash(const uint8_t *bytes, size_t size,
			 uint8_t result[PAL_MEASUREMENT_SIZE],
			 void (*tell)(void *listener, size_t done),
			 void *listener)
{
	psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
	psa_status_t status = psa_hash_setup(&operation, PSA_ALG_SHA_384);
	size_t length;

	for (size_t done = 0; !status && done < size;) {
		size_t piece = size - done < PIECE ? size - done : PIECE;

		status = psa_hash_update(&operation, bytes + done, piece);
		done += piece;
		if (tell)
			tell(listener, done);
	}
	if (!status)
		status = psa_hash_finish(&operation, result,
					 PAL_MEASUREMENT_SIZE, &length);
	psa_hash_abort(&operation);
	return status;
}

int measure_telling(const void *image, size_t size,
		    uint8_t digest[PAL_MEASUREMENT_SIZE],
		    void (*tell)(void *listener, size_t done), void *listener)
{
	struct pal_image_header header;
	uint8_t result[PAL_MEASUREMENT_SIZE];
	int reason;

	if (!image || !digest)
		return error_plain(PAL_EINVAL);
	reason = image_check(image, size, &header);
	if (reason)
		return error_set(PAL_EIMAGE, "the PAL image is refused: %s",
				 image_reason((unsigned int)reason));
	if (psa_crypto_init() != PSA_SUCCESS ||
	    hash(image, header.image_size, result, tell, listener) !=
		    PSA_SUCCESS)
		return error_set(PAL_EPROTO, "SHA-384 failed");
	memcpy(digest, result, sizeof(result));
	return 0;
}

int pal_measure_image(const void *image, size_t size,
		      uint8_t digest[PAL_MEASUREMENT_SIZE])
{
	return measure_telling(image, size, digest, NULL, NULL);
}

int pal_measure(const char *path, uint8_t digest[PAL_MEASUREMENT_SIZE])
{
	void *image;
	size_t size;
	int status;

	if (!path)
		return error_plain(PAL_EINVAL);
	status = file_read(path, &image, &size);
	if (status)
		return status;
	status = pal_measure_image(image, size, digest);
	free(image);
	return status;
}
