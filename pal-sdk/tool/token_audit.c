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
#include <unistd.h>
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
		"by their hashes, and the token signs the last one.\nThey are "
		"in the order of their numbers, whatever it is in the file.  "
		"A number is missing\nalso if a program was killed between "
		"using a key and writing it down.\nExit status 1 if the record "
		"is not whole.\n",
	.options = rules,
	.operand_count = 1,
};

#define LINE_LIMIT 512
#define HASH_SIZE  32

/* Another process may have used a key and not yet written its line. */
#define TRIES	   10
#define PAUSE_US   50000

/* The file's records by their sequence: processes write in any order. */
struct records {
	struct key_record *at;
	size_t count, capacity;
	size_t bad_line; /* the first that is none of a record; 0: none */
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

static const char *path_of(const char *name)
{
	static char path[4096];
	const char *tokens = getenv("PALISADE_TOKENS");

	snprintf(path, sizeof(path), "%s/%s/audit",
		 tokens && *tokens ? tokens : "/var/lib/palisade/tokens", name);
	return path;
}

static bool add(struct records *records, const struct key_record *record)
{
	struct key_record *more;

	if (records->count == records->capacity) {
		records->capacity =
			records->capacity ? 2 * records->capacity : 1024;
		more = reallocarray(records->at, records->capacity,
				    sizeof(*more));
		if (!more)
			return false;
		records->at = more;
	}
	records->at[records->count++] = *record;
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct key_record *first = a, *second = b;

	return (first->sequence > second->sequence) -
	       (first->sequence < second->sequence);
}

/* A token that was never used has no file. */
static bool read_records(const char *name, struct records *records)
{
	FILE *file = fopen(path_of(name), "re");
	struct key_record record;
	char line[LINE_LIMIT];
	bool has_room = true;

	records->count = records->bad_line = 0;
	for (size_t i = 1; file && has_room && fgets(line, sizeof(line), file);
	     i++) {
		if (parse(line, &record) && record.sequence)
			has_room = add(records, &record);
		else if (!records->bad_line)
			records->bad_line = i;
	}
	if (file)
		fclose(file);
	if (records->count)
		qsort(records->at, records->count, sizeof(*records->at),
		      compare);
	if (!has_room)
		report("audit: not enough memory for the file");
	return has_room;
}

/* Is each number from 1 to `last` there? */
static bool is_complete(const struct records *records, uint64_t last)
{
	uint64_t wanted = 1;

	for (size_t i = 0; i < records->count && wanted <= last; i++)
		wanted += records->at[i].sequence == wanted;
	return wanted > last;
}

static bool read_all(const char *name, uint64_t last, struct records *records)
{
	for (int i = 0; i < TRIES; i++) {
		if (i)
			usleep(PAUSE_US);
		if (!read_records(name, records))
			return false;
		if (is_complete(records, last))
			break;
	}
	return true;
}

static void report_gap(uint64_t first, uint64_t end)
{
	if (end - first == 1)
		report("audit: number %" PRIu64 " is missing", first);
	else
		report("audit: numbers %" PRIu64 " to %" PRIu64 " are missing",
		       first, end - 1);
}

/*
 * Say all that is wrong with the records up to the one that the head signs;
 * what others have added since comes after.
 */
static bool is_whole(const struct records *records,
		     const struct key_audit_head *head)
{
	uint8_t last[HASH_SIZE] = {0};
	bool is_good = !records->bad_line;
	uint64_t wanted = 1;

	if (!is_good)
		report("audit: line %zu is none of a record",
		       records->bad_line);
	for (size_t i = 0; i < records->count; i++) {
		const struct key_record *record = &records->at[i];
		const char *wrong = NULL;

		if (record->sequence > head->sequence)
			break;
		if (record->sequence > wanted)
			report_gap(wanted, record->sequence);
		else if (record->sequence < wanted)
			wrong = "is there twice";
		else if (memcmp(record->previous, last, HASH_SIZE) != 0)
			wrong = "or the one before was changed";
		if (wrong)
			report("audit: number %" PRIu64 " %s", record->sequence,
			       wrong);
		is_good &= record->sequence == wanted && !wrong &&
			   hash(record, sizeof(*record), last);
		if (record->sequence > wanted)
			hash(record, sizeof(*record), last);
		wanted = record->sequence + 1;
	}
	if (wanted <= head->sequence)
		report_gap(wanted, head->sequence + 1);
	else if (is_good && memcmp(head->hash, last, HASH_SIZE) != 0)
		report("audit: number %" PRIu64 ", the last, was changed",
		       head->sequence);
	else
		return is_good;
	return false;
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

static int audit_file(const char *name, const struct key_audit_head *head,
		      bool is_quiet)
{
	struct records records = {0};
	bool is_good = read_all(name, head->sequence, &records);

	for (size_t i = 0; is_good && !is_quiet && i < records.count; i++)
		print(&records.at[i]);
	is_good = is_good && is_whole(&records, head);
	free(records.at);
	if (!is_good)
		return EXIT_FAILURE;
	if (!is_quiet)
		printf("whole: %" PRIu64 " uses, the last one signed for by "
		       "the token\n",
		       head->sequence);
	return finish_output();
}

static int audit(const char *name, bool is_quiet)
{
	struct key_audit_head head;
	struct key_token_info info;
	uint8_t nonce[HASH_SIZE];
	struct token *token;
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
	if (!is_signed(&info, &head) ||
	    memcmp(head.nonce, nonce, HASH_SIZE) != 0) {
		report("audit: the token's signature is wrong");
		return EXIT_FAILURE;
	}
	return audit_file(name, &head, is_quiet);
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
