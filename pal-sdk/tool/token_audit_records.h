/* SPDX-License-Identifier: BSD-2-Clause */
/* The records of uses in a token's file `audit`, and whether they are whole. */
#ifndef TOOL_TOKEN_AUDIT_RECORDS_H
#define TOOL_TOKEN_AUDIT_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include "pkcs11/key_protocol.h"

/* In the order of their numbers; starts as zeros. */
struct audit_records {
	bool may_be_absent; /* a token that was never used has no file */
	struct key_record *at;
	size_t count, capacity;
	size_t bad_line; /* the first that is none of a record; 0: none */
};

/* Read them anew.  Returns false after a message. */
bool audit_records_read(const char *path, struct audit_records *records);
void audit_records_free(struct audit_records *records);

void audit_records_print(const struct audit_records *records);

/* Is each number from 1 to `last` there?  How many are there beyond? */
bool audit_records_are_complete(const struct audit_records *records,
				uint64_t last);
size_t audit_records_after(const struct audit_records *records, uint64_t last);

/*
 * Are the records up to the one that the head signs what they were?  Says all
 * that is wrong with them.  What comes after the head is not judged.
 */
bool audit_records_are_whole(const struct audit_records *records,
			     const struct key_audit_head *head);

#endif /* TOOL_TOKEN_AUDIT_RECORDS_H */
