/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a PAL image file. */
#include "image_file.h"
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "host/file.h"
#include "pal_host.h"

int image_file_read(const char *path, struct image_file *file)
{
	uint8_t digest[PAL_MEASUREMENT_SIZE];
	void *image;
	size_t size;

	if (file_read(path, &image, &size)) {
		report("%s", pal_error_text());
		return EXIT_FAILURE;
	}
	if (pal_measure_image(image, size, digest)) {
		report("%s: %s", path, pal_error_text());
		free(image);
		return EXIT_FAILURE;
	}
	memcpy(&file->header, image, sizeof(file->header));
	file->extra_size = size - file->header.image_size;
	free(image);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(file->measurement + 2 * i, 3, "%02x", digest[i]);
	return 0;
}
