/* SPDX-License-Identifier: BSD-2-Clause */
/* Signs a file of any size with a key that this program never sees. */
#include <errno.h>
#include <getopt.h>
#include <pal_host.h>
#include <stdio.h>
#include <string.h>
#include "sign.h"

#define DEFAULT_IMAGE "/usr/lib/palisade/sign.pal"

PAL_STUBS(SIGN_FUNCTIONS);

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "sign: %s: %s\n", what, why);
	return -1;
}

static int print_measurement(const char *image)
{
	uint8_t digest[PAL_MEASUREMENT_SIZE];

	if (pal_measure(image, digest))
		return fail("opening the PAL", pal_error_text());
	printf("PAL measurement: ");
	for (size_t i = 0; i < sizeof(digest); i++)
		printf("%02x", digest[i]);
	putchar('\n');
	return 0;
}

static int write_pem(FILE *file, const unsigned char *der, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	fputs("-----BEGIN PUBLIC KEY-----\n", file);
	for (size_t i = 0; i < size; i += 3) {
		unsigned int bits = (unsigned int)der[i] << 16;

		if (i + 1 < size)
			bits |= (unsigned int)der[i + 1] << 8;
		if (i + 2 < size)
			bits |= der[i + 2];
		fputc(digits[bits >> 18], file);
		fputc(digits[bits >> 12 & 63], file);
		fputc(i + 1 < size ? digits[bits >> 6 & 63] : '=', file);
		fputc(i + 2 < size ? digits[bits & 63] : '=', file);
		if (i % 48 == 45 || i + 3 >= size)
			fputc('\n', file);
	}
	fputs("-----END PUBLIC KEY-----\n", file);
	return ferror(file);
}

static int write_raw(FILE *file, const unsigned char *bytes, size_t size)
{
	return fwrite(bytes, 1, size, file) != size;
}

static int save(const char *path,
		int (*write)(FILE *, const unsigned char *, size_t),
		const unsigned char *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");
	int failed;

	if (!file)
		return fail(path, strerror(errno));
	failed = write(file, bytes, size);
	if (fclose(file) || failed)
		return fail(path, "cannot write");
	return 0;
}

static int hash_file(struct pal *pal, const char *path)
{
	static unsigned char piece[SIGN_PIECE_SIZE];
	FILE *file = fopen(path, "rb");
	int status = 0;
	size_t size;

	if (!file)
		return fail(path, strerror(errno));
	status = sign_begin(pal);
	while (!status && (size = fread(piece, 1, sizeof(piece), file)))
		status = sign_update(pal, piece, size);
	if (status)
		fail("hashing in the PAL", pal_error_text());
	else if (ferror(file))
		status = fail(path, strerror(errno));
	fclose(file);
	return status;
}

static int sign(struct pal *pal, const char *path, const char *signature_path,
		const char *key_path)
{
	unsigned char signature[SIGN_SIGNATURE_MAX];
	struct sign_key key;
	size_t size;

	if (sign_public_key(pal, &key))
		return fail("making the key in the PAL", pal_error_text());
	if (hash_file(pal, path))
		return -1;
	if (sign_finish(pal, signature, sizeof(signature), &size))
		return fail("signing in the PAL", pal_error_text());
	if (save(key_path, write_pem, key.der, sizeof(key.der)) ||
	    save(signature_path, write_raw, signature, size))
		return -1;
	printf("Signature of %s, in %s: ", path, signature_path);
	for (size_t i = 0; i < size; i++)
		printf("%02x", signature[i]);
	printf("\nPublic key, in %s; the private key never left the PAL.\n",
	       key_path);
	return 0;
}

static int run(const char *image, const char *path, const char *signature_path,
	       const char *key_path)
{
	struct pal *pal;
	int status;

	if (print_measurement(image))
		return -1;
	if (pal_open(image, &pal))
		return fail("opening the PAL", pal_error_text());
	status = sign(pal, path, signature_path, key_path);
	pal_close(pal);
	return status;
}

int main(int argc, char **argv)
{
	const char *image = DEFAULT_IMAGE, *signature = "signature.der";
	const char *key = "public_key.pem";
	int option;

	while ((option = getopt(argc, argv, "i:o:p:")) != -1) {
		if (option == 'i')
			image = optarg;
		else if (option == 'o')
			signature = optarg;
		else if (option == 'p')
			key = optarg;
		else
			argc = 0;
	}
	if (argc - optind != 1) {
		fputs("usage: sign [-i IMAGE.pal] [-o SIGNATURE] "
		      "[-p PUBLIC_KEY] FILE\n",
		      stderr);
		return 2;
	}
	return run(image, argv[optind], signature, key) ? 1 : 0;
}
