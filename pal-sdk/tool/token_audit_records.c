/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file `audit`: a line for each use of a key, each with the hash of the
 * record before it.  Lines are in any order, since processes write them.
 */
#include "token_audit_records.h"
#include <errno.h>
#include <inttypes.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "command.h"
#include "hex.h"

#define LINE_LIMIT 512
#define HASH_SIZE  32

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

static void print_record(const struct key_record *record)
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

static bool add(struct audit_records *records, const struct key_record *record)
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

static bool read_lines(FILE *file, struct audit_records *records)
{
	struct key_record record;
	char line[LINE_LIMIT];
	bool has_room = true;

	for (size_t i = 1; has_room && fgets(line, sizeof(line), file); i++) {
		if (parse(line, &record) && record.sequence)
			has_room = add(records, &record);
		else if (!records->bad_line)
			records->bad_line = i;
	}
	if (!has_room)
		report("audit: not enough memory for the file");
	return has_room;
}

bool audit_records_read(const char *path, struct audit_records *records)
{
	FILE *file = fopen(path, "re");
	bool is_good = true;

	records->count = records->bad_line = 0;
	if (file) {
		is_good = read_lines(file, records);
		fclose(file);
	} else if (errno != ENOENT || !records->may_be_absent) {
		report("%s: %s", path, strerror(errno));
		is_good = false;
	}
	if (records->count)
		qsort(records->at, records->count, sizeof(*records->at),
		      compare);
	return is_good;
}

void audit_records_free(struct audit_records *records)
{
	free(records->at);
	*records = (struct audit_records){0};
}

void audit_records_print(const struct audit_records *records)
{
	for (size_t i = 0; i < records->count; i++)
		print_record(&records->at[i]);
}

size_t audit_records_after(const struct audit_records *records, uint64_t last)
{
	size_t count = 0;

	for (size_t i = 0; i < records->count; i++)
		count += records->at[i].sequence > last;
	return count;
}

bool audit_records_are_complete(const struct audit_records *records,
				uint64_t last)
{
	uint64_t wanted = 1;

	for (size_t i = 0; i < records->count && wanted <= last; i++)
		wanted += records->at[i].sequence == wanted;
	return wanted > last;
}

static void report_gap(uint64_t first, uint64_t end)
{
	if (end - first == 1)
		report("audit: number %" PRIu64 " is missing", first);
	else
		report("audit: numbers %" PRIu64 " to %" PRIu64 " are missing",
		       first, end - 1);
}

bool audit_records_are_whole(const struct audit_records *records,
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
