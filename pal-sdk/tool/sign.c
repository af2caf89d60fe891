/* SPDX-License-Identifier: BSD-2-Clause */
/* pal sign: put a signature behind a PAL image. */
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "host/file.h"
#include "image_file.h"
#include "key.h"
#include "notary/signature.h"
#include "output_file.h"
#include "pal_host.h"

static const struct option_rule rules[] = {
	{'k', "key", "FILE", "sign with this private key"},
	{'s', "signature", "FILE", "put in this signature (DER)"},
	{'p', "public-key", "FILE", "the key that made it"},
	{'o', "output", "FILE", "where to write; default: the input itself"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal sign -k KEY.pem [-o OUT.pal] IN.pal\n"
		    "       pal sign -s SIG.der -p PUB.pem [-o OUT.pal] IN.pal",
	.text = "Sign a PAL image, in place of a signature that it may have.  "
		"Keys are P-256 or P-384.\nWith -s the signature comes from "
		"elsewhere: ECDSA over `pal digest --raw`, as\n"
		"`openssl pkeyutl -sign` makes it.  It is verified first.\n",
	.options = rules,
	.operand_count = 1,
};

struct request {
	const char *key;
	const char *signature;
	const char *public_key;
	const char *output;
};

static int sign_here(const struct request *request, const uint8_t digest[48],
		     struct pal_signature *page)
{
	struct key key;
	int status = EXIT_FAILURE;

	if (key_open(request->key, &key))
		return EXIT_FAILURE;
	if (!key.is_private)
		report("%s: this is a public key: signing needs the private "
		       "one",
		       request->key);
	else if (key_sign(&key, digest, page))
		report("%s: signing failed", request->key);
	else
		status = 0;
	key_close(&key);
	return status;
}

static int take_signature(const struct request *request, struct key *key,
			  struct pal_signature *page)
{
	void *der;
	size_t size;
	int failed;

	if (file_read(request->signature, &der, &size)) {
		report("%s", pal_error_text());
		return EXIT_FAILURE;
	}
	failed = key_wrap_signature(key, der, size, page);
	free(der);
	if (!failed)
		return 0;
	report("%s: not an ECDSA signature in DER for a key of %zu bits",
	       request->signature, key->bits);
	return EXIT_FAILURE;
}

static int sign_elsewhere(const struct request *request,
			  struct pal_signature *page)
{
	struct key key;
	int status;

	if (key_open(request->public_key, &key))
		return EXIT_FAILURE;
	status = take_signature(request, &key, page);
	key_close(&key);
	return status;
}

static int write_signed(const char *path, const struct image_file *file,
			const void *image, const struct pal_signature *page)
{
	size_t size = file->header.image_size;
	char *bytes = malloc(size + sizeof(*page));
	int status;

	if (!bytes) {
		report("%s", pal_strerror(PAL_ENOMEM));
		return EXIT_FAILURE;
	}
	memcpy(bytes, image, size);
	memcpy(bytes + size, page, sizeof(*page));
	status = output_file_write(path, bytes, size + sizeof(*page));
	free(bytes);
	return status;
}

/* Whatever made the page: nothing is written that the notary would refuse. */
static int add_signature(const struct request *request, const char *path,
			 const struct image_file *file, const void *image)
{
	struct pal_signature page;
	uint8_t signer[48];

	if (file->extra_size && file->extra_size != sizeof(page)) {
		report("%s: %zu bytes follow the image, which are no "
		       "signature",
		       path, file->extra_size);
		return EXIT_FAILURE;
	}
	if (request->key ? sign_here(request, file->digest, &page)
			 : sign_elsewhere(request, &page))
		return EXIT_FAILURE;
	if (signature_verify(&page, file->digest, signer)) {
		report("%s: the signature does not fit %s and this key",
		       request->key ? request->key : request->signature, path);
		return EXIT_FAILURE;
	}
	return write_signed(request->output ? request->output : path, file,
			    image, &page);
}

static int sign(const struct request *request, const char *path)
{
	struct image_file file;
	void *image;
	int status;

	if (image_file_load(path, &file, &image))
		return EXIT_FAILURE;
	status = add_signature(request, path, &file, image);
	free(image);
	return status;
}

/* Either a private key, or a signature and the public key. */
static bool is_whole(const struct request *request)
{
	if (request->key)
		return !request->signature && !request->public_key;
	return request->signature && request->public_key;
}

int command_sign(int argc, char **argv)
{
	struct request request = {NULL, NULL, NULL, NULL};
	int option;

	while ((option = option_next(argc, argv, &usage)) > 0) {
		if (option == 'k')
			request.key = optarg;
		if (option == 's')
			request.signature = optarg;
		if (option == 'p')
			request.public_key = optarg;
		if (option == 'o')
			request.output = optarg;
	}
	if (option != OPTION_END)
		return option_exit(option);
	if (is_whole(&request))
		return sign(&request, argv[optind]);
	report("sign: give either --key, or --signature and --public-key");
	return EXIT_USAGE;
}
