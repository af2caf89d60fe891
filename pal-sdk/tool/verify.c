/* SPDX-License-Identifier: BSD-2-Clause */
/* pal verify: tell who signed a PAL image, and what the notary would say. */
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "hex.h"
#include "host/file.h"
#include "host/refusal.h"
#include "image_file.h"
#include "json.h"
#include "key.h"
#include "notary/policy.h"
#include "notary/signature.h"
#include "pal_host.h"

static const struct option_rule rules[] = {
	{'p', "public-key", "FILE", "the key that must have signed it"},
	{'P', "policy", "FILE", "say what the notary says by this policy"},
	{'j', "json", NULL, "print JSON"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal verify [-p PUB.pem | -P POLICY.bin] [--json] FILE.pal",
	.text = "Tell whether the signature of a PAL image is good, and whose "
		"it is.  With a policy,\ntell whether this PAL would run, and "
		"with which rights.  Exit status 1 when not.\n",
	.options = rules,
	.operand_count = 1,
};

struct request {
	const char *public_key;
	const char *policy;
	bool is_json;
};

struct verdict {
	const char *reason; /* NULL: accepted */
	bool has_record;
	struct notary_record record;
};

static const char *judge_signature(const struct image_file *file)
{
	if (file->signature_status)
		return refusal_text(file->signature_status);
	return signature_is_absent(&file->signature) ? "it is not signed"
						     : NULL;
}

static int judge_by_key(const struct request *request,
			const struct image_file *file, struct verdict *verdict)
{
	struct key key;

	if (key_open(request->public_key, &key))
		return EXIT_FAILURE;
	verdict->reason = judge_signature(file);
	if (!verdict->reason && memcmp(key.signer, file->signer, 48))
		verdict->reason = "another key has signed it";
	key_close(&key);
	return 0;
}

static void judge_like_notary(const void *policy, size_t size,
			      const struct image_file *file,
			      struct verdict *verdict)
{
	const struct pal_image_header *header = &file->header;
	struct pal_identity subject = {
		.security_version = header->security_version,
		.flags =
			header->flags & PAL_FLAG_DEBUG ? PAL_IDENTITY_DEBUG : 0,
	};
	int status = file->signature_status;

	memcpy(subject.measurement, file->digest, sizeof(file->digest));
	memcpy(subject.signer, file->signer, sizeof(file->signer));
	memcpy(subject.name, header->name, sizeof(header->name));
	if (!status)
		status = policy_judge(policy, size, &subject, &verdict->record);
	verdict->reason = status ? refusal_text(status) : NULL;
	verdict->has_record = !status;
}

static int judge_by_policy(const struct request *request,
			   const struct image_file *file,
			   struct verdict *verdict)
{
	void *policy;
	size_t size;

	if (file_read(request->policy, &policy, &size)) {
		report("%s", pal_error_text());
		return EXIT_FAILURE;
	}
	/* The notary takes an empty policy for none: here it is a mistake. */
	if (policy_check(policy, size)) {
		report("%s: not a policy (pal policy compile makes one)",
		       request->policy);
		free(policy);
		return EXIT_FAILURE;
	}
	judge_like_notary(policy, size, file, verdict);
	free(policy);
	return 0;
}

static int judge(const struct request *request, const struct image_file *file,
		 struct verdict *verdict)
{
	memset(verdict, 0, sizeof(*verdict));
	if (request->public_key)
		return judge_by_key(request, file, verdict);
	if (request->policy)
		return judge_by_policy(request, file, verdict);
	verdict->reason = judge_signature(file);
	return 0;
}

static void print_rights(const struct notary_record *record)
{
	if (record->rule == NOTARY_NO_RULE)
		puts("rule              none");
	else
		printf("rule              %u\n", record->rule);
	if (record->max_pages)
		printf("memory limit      %llu bytes\n",
		       (unsigned long long)record->max_pages * PAL_PAGE_SIZE);
	else
		puts("memory limit      none");
	printf("DMA protection    %s\n",
	       record->policy_flags & POLICY_REQUIRE_IOMMU ? "required"
							   : "not required");
	printf("authority         %s\n",
	       record->identity.flags & PAL_IDENTITY_SIGNED ? "yes" : "no");
}

static void print_text(const char *path, const struct image_file *file,
		       const struct verdict *verdict)
{
	char signer[97];

	hex_write(signer, file->signer, sizeof(file->signer));
	printf("name              %s\n", file->header.name);
	printf("measurement       %s\n", file->measurement);
	printf("signature         %s\n", image_file_signature_text(file));
	if (strcmp(image_file_curve_text(file), "none"))
		printf("curve             %s\nsigner            %s\n",
		       image_file_curve_text(file), signer);
	if (verdict->has_record)
		print_rights(&verdict->record);
	fflush(stdout);
	if (verdict->reason)
		report("%s: refused: %s", path, verdict->reason);
}

static void print_json_rights(const struct notary_record *record)
{
	fputs(",\"rule\":", stdout);
	if (record->rule == NOTARY_NO_RULE)
		fputs("null", stdout);
	else
		printf("%u", record->rule);
	printf(",\"authority\":%s,\"max_memory\":%llu,\"may_call\":%llu,"
	       "\"needs_dma_protection\":%s",
	       record->identity.flags & PAL_IDENTITY_SIGNED ? "true" : "false",
	       (unsigned long long)record->max_pages * PAL_PAGE_SIZE,
	       (unsigned long long)record->may_call,
	       record->policy_flags & POLICY_REQUIRE_IOMMU ? "true" : "false");
}

static void print_json(const struct image_file *file,
		       const struct verdict *verdict)
{
	char signer[97];

	hex_write(signer, file->signer, sizeof(file->signer));
	fputs("{\"name\":", stdout);
	json_string(file->header.name, sizeof(file->header.name));
	printf(",\"measurement\":\"%s\",\"signature\":\"%s\",\"curve\":\"%s\","
	       "\"signer\":\"%s\",\"accepted\":%s",
	       file->measurement, image_file_signature_text(file),
	       image_file_curve_text(file), signer,
	       verdict->reason ? "false" : "true");
	if (verdict->reason) {
		fputs(",\"reason\":", stdout);
		json_string(verdict->reason, SIZE_MAX);
	}
	if (verdict->has_record)
		print_json_rights(&verdict->record);
	puts("}");
}

static int verify(const struct request *request, const char *path)
{
	struct image_file file;
	struct verdict verdict;
	int status;

	if (image_file_read(path, &file) || judge(request, &file, &verdict))
		return EXIT_FAILURE;
	if (request->is_json)
		print_json(&file, &verdict);
	else
		print_text(path, &file, &verdict);
	status = finish_output();
	return verdict.reason ? EXIT_FAILURE : status;
}

int command_verify(int argc, char **argv)
{
	struct request request = {NULL, NULL, false};
	int option;

	while ((option = option_next(argc, argv, &usage)) > 0) {
		if (option == 'p')
			request.public_key = optarg;
		if (option == 'P')
			request.policy = optarg;
		if (option == 'j')
			request.is_json = true;
	}
	if (option != OPTION_END)
		return option_exit(option);
	if (!request.public_key || !request.policy)
		return verify(&request, argv[optind]);
	report("verify: give either --public-key or --policy, not both");
	return EXIT_USAGE;
}
