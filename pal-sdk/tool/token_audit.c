/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pal token audit: the record of what keys were used for, and whether it is
 * whole: by the head that the token signs now, or by one that was saved.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "key.h"
#include "token_audit_head.h"
#include "token_audit_records.h"
#include "token_command.h"
#include "token_open.h"

static const struct option_rule rules[] = {
	{'q', "quiet", NULL, "only the verdict, by the exit status"},
	{'s', "save-head", "FILE", "also write down what the token signs now"},
	{'H', "head", "FILE", "no token: what one has signed"},
	{'k', "key", "FILE", "whose signature that is (export --audit-key)"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal token audit [--quiet] [--save-head FILE] NAME\n"
		    "       pal token audit [--quiet] --head FILE --key FILE "
		    "RECORD",
	.text = "Print each use of a private or secret key, and verify that no "
		"line was changed, added\nor left out: the lines are chained "
		"by their hashes, and the token signs the last one.\nThey are "
		"in the order of their numbers, whatever it is in the file.  "
		"A number is missing\nalso if a program was killed between "
		"using a key and writing it down.\nWith --head the token, and "
		"its machine, are not needed: RECORD is (a copy of) its file\n"
		"`audit`.  Exit status 1 if the record is not whole.\n",
	.options = rules,
	.operand_count = 1,
};

struct request {
	bool is_quiet;
	const char *save, *head, *key;
};

#define NONCE_SIZE 32

/* Another process may have used a key and not yet written its line. */
#define TRIES	   10
#define PAUSE_US   50000

static const char *path_of(const char *name)
{
	static char path[4096];
	const char *tokens = getenv("PALISADE_TOKENS");

	snprintf(path, sizeof(path), "%s/%s/audit",
		 tokens && *tokens ? tokens : "/var/lib/palisade/tokens", name);
	return path;
}

static bool read_living(const char *path, uint64_t last,
			struct audit_records *records)
{
	records->may_be_absent = true;
	for (int i = 0; i < TRIES; i++) {
		if (i)
			usleep(PAUSE_US);
		if (!audit_records_read(path, records))
			return false;
		if (audit_records_are_complete(records, last))
			break;
	}
	return true;
}

static int judge(const struct audit_records *records,
		 const struct key_audit_head *head,
		 const struct request *request)
{
	size_t after = audit_records_after(records, head->sequence);

	if (!request->is_quiet)
		audit_records_print(records);
	if (!audit_records_are_whole(records, head))
		return EXIT_FAILURE;
	if (request->is_quiet)
		return EXIT_SUCCESS;
	printf("whole: %" PRIu64 " uses, the last one signed for by the token",
	       head->sequence);
	if (request->head)
		printf(" with serial %.16s", (const char *)head->serial);
	if (after)
		printf("; of %zu more after it nothing is known", after);
	putchar('\n');
	return finish_output();
}

static int ask_token(const char *name, struct key_token_info *info,
		     struct key_audit_head *head)
{
	uint8_t nonce[NONCE_SIZE];
	struct token *token;
	int status = token_open_ready(name, &token);
	CK_RV rv;

	if (status)
		return status;
	rv = token_info(token, info);
	if (!rv)
		rv = token_random(token, nonce, sizeof(nonce));
	if (!rv)
		rv = token_audit_head(token, nonce, head);
	token_close(token);
	if (rv)
		return token_exit(name, rv);
	if (audit_head_is_signed(head, info->audit_key) &&
	    !memcmp(head->nonce, nonce, NONCE_SIZE))
		return EXIT_SUCCESS;
	report("audit: the token's signature is wrong");
	return EXIT_FAILURE;
}

static int audit_living(const char *name, const struct request *request)
{
	struct audit_records records = {0};
	struct key_audit_head head = {0};
	struct key_token_info info;
	int status = ask_token(name, &info, &head);

	if (!status && request->save)
		status = audit_head_write(request->save, &head);
	if (status)
		return status;
	status = read_living(path_of(name), head.sequence, &records)
			 ? judge(&records, &head, request)
			 : EXIT_FAILURE;
	audit_records_free(&records);
	return status;
}

static int read_signed_head(const struct request *request,
			    struct key_audit_head *head)
{
	bool is_signed;
	struct key key;
	int status = audit_head_read(request->head, head);

	if (!status)
		status = key_open(request->key, &key);
	if (status)
		return status;
	is_signed = key.public_size == AUDIT_KEY_SIZE &&
		    audit_head_is_signed(head, key.public_key);
	key_close(&key);
	if (is_signed)
		return EXIT_SUCCESS;
	report("audit: %s is not signed with the key %s: it was changed, or "
	       "is another token's",
	       request->head, request->key);
	return EXIT_FAILURE;
}

static int audit_saved(const char *path, const struct request *request)
{
	struct audit_records records = {0};
	struct key_audit_head head;
	int status = read_signed_head(request, &head);

	if (status)
		return status;
	status = audit_records_read(path, &records)
			 ? judge(&records, &head, request)
			 : EXIT_FAILURE;
	audit_records_free(&records);
	return status;
}

static void take_option(int option, struct request *request)
{
	if (option == 'q')
		request->is_quiet = true;
	if (option == 's')
		request->save = optarg;
	if (option == 'H')
		request->head = optarg;
	if (option == 'k')
		request->key = optarg;
}

int token_command_audit(int argc, char **argv)
{
	struct request request = {0};
	int option;

	while ((option = option_next(argc, argv, &usage)) > 0)
		take_option(option, &request);
	if (option != OPTION_END)
		return option_exit(option);
	if (!request.head && !request.key)
		return audit_living(argv[optind], &request);
	if (request.head && request.key && !request.save)
		return audit_saved(argv[optind], &request);
	report("audit: --head and --key belong together, and --save-head is "
	       "for a token that is here");
	return EXIT_USAGE;
}
