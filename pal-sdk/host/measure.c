/* SPDX-License-Identifier: BSD-2-Clause */
/* Measuring an image; a file of its own as it needs the crypto library. */
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>
#include "error.h"
#include "file.h"
#include "pal_host.h"
#include "tool/image_check.h"

int pal_measure_image(const void *image, size_t size,
		      uint8_t digest[PAL_MEASUREMENT_SIZE])
{
	struct pal_image_header header;
	uint8_t result[PAL_MEASUREMENT_SIZE];
	size_t length;
	int reason;

	if (!image || !digest)
		return error_plain(PAL_EINVAL);
	reason = image_check(image, size, &header);
	if (reason)
		return error_set(PAL_EIMAGE, "the PAL image is refused: %s",
				 image_reason((unsigned int)reason));
	if (psa_crypto_init() != PSA_SUCCESS ||
	    psa_hash_compute(PSA_ALG_SHA_384, image, header.image_size, result,
			     sizeof(result), &length) != PSA_SUCCESS)
		return error_set(PAL_EPROTO, "SHA-384 failed");
	memcpy(digest, result, sizeof(result));
	return 0;
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
