/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls the notary like the hypervisor does, but as an application does it:
 * drive_notary NOTARY.pal IMAGE.pal [POLICY.bin].  Ten times over, so that a
 * heap that shrinks shows.  Prints measurement, signer, rule and flags; or the
 * NOTARY_E* that refused the image, and then exits with 1.
 */
#include <pal_host.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "abi/notary.h"
#include "host/file.h"

#define ROUNDS 10

struct subject {
	char *image;
	size_t image_size; /* without what follows */
	const void *judged; /* signature page and policy */
	size_t judged_size;
};

static int notarize(struct pal *notary, const struct subject *subject,
		    struct notary_record *record)
{
	size_t at = PAL_IMAGE_HEADER_SIZE, size;
	int status = pal_call(notary, NOTARY_BEGIN, subject->image, at, NULL, 0,
			      NULL);

	for (; !status && at < subject->image_size; at += size) {
		size = subject->image_size - at;
		if (size > NOTARY_ARG_SIZE)
			size = NOTARY_ARG_SIZE;
		status = pal_call(notary, NOTARY_MEASURE, subject->image + at,
				  size, NULL, 0, NULL);
	}
	if (status)
		return status;
	return pal_call(notary, NOTARY_JUDGE, subject->judged,
			subject->judged_size, record, sizeof(*record), NULL);
}

static void print_hash(const char *name, const uint8_t hash[48])
{
	printf("%s ", name);
	for (int i = 0; i < 48; i++)
		printf("%02x", hash[i]);
	putchar('\n');
}

static int drive(const char *notary_path, const struct subject *subject)
{
	struct notary_record record;
	struct pal *notary;
	int status;

	if (pal_open(notary_path, &notary)) {
		fprintf(stderr, "%s\n", pal_error_text());
		return 2;
	}
	for (int round = 0; round < ROUNDS; round++)
		status = notarize(notary, subject, &record);
	pal_close(notary);
	if (status) {
		printf("refused %d\n", status);
		return 1;
	}
	print_hash("measurement", record.identity.measurement);
	print_hash("signer", record.identity.signer);
	printf("name %s\nrule %d\nflags %u\n", record.identity.name,
	       (int)record.rule, record.identity.flags);
	return 0;
}

int main(int argc, char **argv)
{
	struct subject subject;
	void *image, *policy = NULL;
	size_t size, policy_size = 0;
	char *judged;

	if (argc < 3 || file_read(argv[2], &image, &size) ||
	    (argc > 3 && file_read(argv[3], &policy, &policy_size)))
		return 2;
	subject.image = image;
	subject.image_size = ((struct pal_image_header *)image)->image_size;
	judged = calloc(1, sizeof(struct pal_signature) + policy_size);
	memcpy(judged, subject.image + subject.image_size,
	       size - subject.image_size);
	if (policy)
		memcpy(judged + sizeof(struct pal_signature), policy,
		       policy_size);
	subject.judged = judged;
	subject.judged_size = sizeof(struct pal_signature) + policy_size;
	return drive(argv[1], &subject);
}
