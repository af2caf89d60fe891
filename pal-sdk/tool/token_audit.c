/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pal token audit: the record of what keys were used for, and whether it is
 * whole.  Each line has the hash of the record before it; the hash of the last
 * one is what the token signs now.
 */
#include <inttypes.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "command.h"
#include "hex.h"
#include "token_command.h"
#include "token_open.h"

static const struct option_rule rules[] = {
	{'q', "quiet", NULL, "only the verdict, by the exit status"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal token audit [--quiet] NAME",
	.text = "Print each use of a private or secret key, and verify that no "
		"line was changed, added\nor left out: the lines are chained "
		"by their hashes, and the token signs the last one.\nExit "
		"status 1 if the record is not whole.\n",
	.options = rules,
	.operand_count = 1,
};

#define LINE_LIMIT 512
#define HASH_SIZE  32

/* What was read so far, up to the record that the token has signed. */
struct chain {
	uint64_t count;
	uint64_t signed_count;
	uint8_t last[HASH_SIZE]; /* hash of the last record; zeros: none */
	bool is_broken;
};

static bool hash(const void *bytes, size_t size, uint8_t out[HASH_SIZE])
{
	size_t got;

	return psa_hash_compute(PSA_ALG_SHA_256, bytes, size, out, HASH_SIZE,
				&got) == PSA_SUCCESS;
}

static bool parse(const char *line, struct key_record *record)
{
	char digits[2 * HASH_SIZE + 1];

	memset(record, 0, sizeof(*record));
	if (sscanf(line,
		   "%" SCNu64 " %" SCNu64 " %" SCNu64 " 0x%" SCNx64 " %" SCNu64
		   " %64s",
		   &record->sequence, &record->time, &record->object,
		   &record->mechanism, &record->purpose, digits) != 6)
		return false;
	return hex_read(digits, strlen(digits), record->previous, HASH_SIZE);
}

static const char *purpose_text(uint64_t purpose)
{
	switch (purpose) {
	case KEY_USE_SIGN:
		return "sign";
	case KEY_USE_VERIFY:
		return "verify";
	case KEY_USE_ENCRYPT:
		return "encrypt";
	case KEY_USE_DECRYPT:
		return "decrypt";
	case KEY_USE_WRAP:
		return "wrap";
	case KEY_USE_UNWRAP:
		return "unwrap";
	case KEY_USE_DERIVE:
		return "derive";
	default:
		return "use";
	}
}

static void print(const struct key_record *record)
{
	char when[32] = "?";
	time_t seconds = (time_t)record->time;
	struct tm parts;

	if (gmtime_r(&seconds, &parts))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &parts);
	printf("%8" PRIu64 "  %s  object %" PRIu64
	       "  %s with mechanism 0x%" PRIx64 "\n",
	       record->sequence, when, record->object,
	       purpose_text(record->purpose), record->mechanism);
}

/* Says what is wrong at the first line that is. */
static void take(struct chain *chain, const char *line, bool is_quiet)
{
	struct key_record record;
	bool is_good = parse(line, &record);

	if (is_good && !is_quiet)
		print(&record);
	if (chain->is_broken || chain->count == chain->signed_count)
		return;
	chain->is_broken = true;
	if (!is_good)
		report("audit: the line after number %" PRIu64
		       " is none of a record",
		       chain->count);
	else if (record.sequence != chain->count + 1)
		report("audit: number %" PRIu64 " is missing",
		       chain->count + 1);
	else if (memcmp(record.previous, chain->last, HASH_SIZE) != 0)
		report("audit: number %" PRIu64
		       " or the one before was changed",
		       record.sequence);
	else
		chain->is_broken = !hash(&record, sizeof(record), chain->last);
	chain->count = is_good ? record.sequence : chain->count;
}

static const char *path_of(const char *name)
{
	static char path[4096];
	const char *tokens = getenv("PALISADE_TOKENS");

	snprintf(path, sizeof(path), "%s/%s/audit",
		 tokens && *tokens ? tokens : "/var/lib/palisade/tokens", name);
	return path;
}

/* A token that was never used has no file. */
static void read_chain(const char *name, bool is_quiet, struct chain *chain)
{
	FILE *file = fopen(path_of(name), "re");
	char line[LINE_LIMIT];

	while (file && fgets(line, sizeof(line), file))
		take(chain, line, is_quiet);
	if (file)
		fclose(file);
}

static bool is_signed(const struct key_token_info *info,
		      const struct key_audit_head *head)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t key;
	psa_status_t status;

	psa_set_key_type(&attributes,
			 PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_MESSAGE);
	if (psa_import_key(&attributes, info->audit_key,
			   sizeof(info->audit_key), &key) != PSA_SUCCESS)
		return false;
	status = psa_verify_message(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256),
				    (const uint8_t *)head,
				    offsetof(struct key_audit_head, signature),
				    head->signature, sizeof(head->signature));
	psa_destroy_key(key);
	return status == PSA_SUCCESS;
}

/* The chain's end against what the token says it is. */
static bool ends_well(const struct chain *chain,
		      const struct key_token_info *info,
		      const struct key_audit_head *head,
		      const uint8_t nonce[HASH_SIZE])
{
	if (!is_signed(info, head) ||
	    memcmp(head->nonce, nonce, HASH_SIZE) != 0) {
		report("audit: the token's signature is wrong");
		return false;
	}
	if (head->sequence != chain->count ||
	    (chain->count && memcmp(head->hash, chain->last, HASH_SIZE) != 0)) {
		report("audit: the file ends with number %" PRIu64
		       ", the token has counted %" PRIu64,
		       chain->count, head->sequence);
		return false;
	}
	return true;
}

static int audit(const char *name, bool is_quiet)
{
	struct key_audit_head head;
	struct key_token_info info;
	uint8_t nonce[HASH_SIZE];
	struct token *token;
	struct chain chain = {0};
	int status = token_open_ready(name, &token);
	CK_RV rv;

	if (status)
		return status;
	rv = token_info(token, &info);
	if (!rv)
		rv = token_random(token, nonce, sizeof(nonce));
	if (!rv)
		rv = token_audit_head(token, nonce, &head);
	token_close(token);
	if (rv)
		return token_exit(name, rv);
	if (psa_crypto_init() != PSA_SUCCESS) {
		report("cryptography failed to start");
		return EXIT_FAILURE;
	}
	/* Others may go on using keys; their lines come after. */
	chain.signed_count = head.sequence;
	read_chain(name, is_quiet, &chain);
	if (chain.is_broken || !ends_well(&chain, &info, &head, nonce))
		return EXIT_FAILURE;
	if (!is_quiet)
		printf("whole: %" PRIu64 " uses, the last one signed for by "
		       "the token\n",
		       chain.count);
	return finish_output();
}

int token_command_audit(int argc, char **argv)
{
	bool is_quiet = false;
	int option;

	while ((option = option_next(argc, argv, &usage)) > 0)
		if (option == 'q')
			is_quiet = true;
	if (option != OPTION_END)
		return option_exit(option);
	return audit(argv[optind], is_quiet);
}
