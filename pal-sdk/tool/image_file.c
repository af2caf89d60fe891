/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a PAL image file. */
#include "image_file.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "hex.h"
#include "host/file.h"
#include "host/measure.h"
#include "notary/signature.h"
#include "pal_host.h"
#include "progress.h"

/* What the notary would say; pal_measure_image() has started PSA. */
static void read_signature(struct image_file *file, const char *at)
{
	memset(&file->signature, 0, sizeof(file->signature));
	memset(file->signer, 0, sizeof(file->signer));
	file->signature_status = NOTARY_ESIGNATURE;
	if (file->extra_size == sizeof(file->signature))
		memcpy(&file->signature, at, sizeof(file->signature));
	else if (file->extra_size)
		return;
	file->signature_status =
		signature_verify(&file->signature, file->digest, file->signer);
}

static int measure(const char *path, void **image, size_t *size,
		   uint8_t digest[PAL_MEASUREMENT_SIZE],
		   struct progress *progress)
{
	if (file_read(path, image, size)) {
		progress_end(progress);
		report("%s", pal_error_text());
		return EXIT_FAILURE;
	}
	if (measure_telling(*image, *size, digest, progress_measured,
			    progress)) {
		progress_end(progress);
		report("%s: %s", path, pal_error_text());
		free(*image);
		return EXIT_FAILURE;
	}
	progress_end(progress);
	return 0;
}

int image_file_load(const char *path, struct image_file *file, void **bytes)
{
	uint8_t digest[PAL_MEASUREMENT_SIZE];
	void *image;
	size_t size;

	if (measure(path, &image, &size, digest,
		    progress_begin_measuring(path)))
		return EXIT_FAILURE;
	memcpy(&file->header, image, sizeof(file->header));
	memcpy(file->digest, digest, sizeof(file->digest));
	hex_write(file->measurement, digest, sizeof(digest));
	file->extra_size = size - file->header.image_size;
	read_signature(file, (const char *)image + file->header.image_size);
	*bytes = image;
	return 0;
}

int image_file_read(const char *path, struct image_file *file)
{
	void *bytes;
	int status = image_file_load(path, file, &bytes);

	if (!status)
		free(bytes);
	return status;
}

const char *image_file_signature_text(const struct image_file *file)
{
	switch (file->signature_status) {
	case 0:
		return signature_is_absent(&file->signature) ? "none" : "good";
	case NOTARY_ESIGNATURE:
		return "malformed";
	case NOTARY_EFORGED:
		return "wrong";
	default:
		return "unknown";
	}
}

const char *image_file_curve_text(const struct image_file *file)
{
	if (file->signature_status || signature_is_absent(&file->signature))
		return "none";
	return file->signature.algorithm == PAL_SIGNATURE_P256 ? "P-256"
							       : "P-384";
}
