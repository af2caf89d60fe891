/* SPDX-License-Identifier: BSD-2-Clause */
/* pal token init: a new token, ready for use. */
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "token_command.h"
#include "token_open.h"
#include "token_spki.h"

static const struct option_rule rules[] = {
	{'l', "label", "TEXT", "what programs call it; default: its name"},
	{'p', "pin-file", "FILE", "the user's PIN: first line of the file"},
	{'s', "so-pin-file", "FILE", "the PIN of the security officer"},
	{'n', "no-login", NULL, "keys may be used without a PIN"},
	{'t', "tpm", NULL, "the TPM tells old copies, also after a boot"},
	{'r', "rounds", "NUMBER", "of the PINs' hash; more is slower"},
	{'b', "backup-to", "FILE",
	 "backup key (PEM) of the token that may "
	 "get backups"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal token init [OPTIONS] NAME",
	.text = "Make a token: a folder NAME that only the key PAL can read, "
		"with two PINs.  The\nuser's is for using keys, the security "
		"officer's (SO) for giving the user a new one.\nAfter "
		"10 wrong ones a PIN is locked.\n",
	.options = rules,
	.operand_count = 1,
};

struct request {
	const char *name;
	const char *label;
	const char *pin_file;
	const char *officer_file;
	const char *target;
	uint64_t rounds;
	uint32_t flags;
};

struct secrets {
	struct pin user;
	struct pin officer;
	uint8_t target[TOKEN_POINT_SIZE];
};

static CK_RV begin(const struct request *request, struct token *token,
		   const struct secrets *secrets)
{
	const char *text = request->label ? request->label : request->name;
	uint8_t label[32];
	size_t length = strlen(text);

	memset(label, ' ', sizeof(label));
	memcpy(label, text, length < sizeof(label) ? length : sizeof(label));
	return token_init(token, secrets->officer.text, secrets->officer.size,
			  label, (uint32_t)request->rounds, request->flags);
}

/* What only the SO may do, before anybody has used it. */
static CK_RV settle(const struct request *request, struct token *token,
		    const struct secrets *secrets)
{
	CK_RV rv = token_login(token, CKU_SO, secrets->officer.text,
			       secrets->officer.size);

	if (!rv && request->target)
		rv = token_set_target(token, secrets->target);
	if (!rv && !(request->flags & KEY_INIT_NO_LOGIN))
		rv = token_init_pin(token, secrets->user.text,
				    secrets->user.size);
	if (!rv)
		rv = token_logout(token);
	return rv;
}

static bool is_begun(struct token *token)
{
	struct key_token_info info;

	return !token_info(token, &info) &&
	       (info.flags & CKF_TOKEN_INITIALIZED);
}

static int make(const struct request *request, const struct secrets *secrets)
{
	struct token *token;
	CK_RV rv = token_create(request->name);

	if (!rv)
		rv = token_open(request->name, &token);
	if (rv)
		return token_exit(request->name, rv);
	if (is_begun(token)) {
		report("token %s: there is one already; `pal token remove "
		       "--token %s` destroys it with its keys",
		       request->name, request->name);
		token_close(token);
		return EXIT_FAILURE;
	}
	rv = begin(request, token, secrets);
	if (!rv)
		rv = settle(request, token, secrets);
	if (token_is_simulated(token))
		report("token %s: simulated: nothing protects its keys",
		       request->name);
	token_exit(request->name, rv);
	token_close(token);
	/* Nothing that anybody could have used yet. */
	if (rv)
		token_remove(request->name);
	return rv ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int ask_and_make(const struct request *request)
{
	const struct pin_source officer = {"new SO-PIN", PIN_OF_OFFICER,
					   request->officer_file, true};
	const struct pin_source user = {"new PIN", PIN_OF_USER,
					request->pin_file, true};
	struct secrets secrets;
	int status = EXIT_FAILURE;

	if (request->target &&
	    token_spki_read_point(request->target, secrets.target))
		return EXIT_FAILURE;
	if (!pin_read(&officer, &secrets.officer) &&
	    ((request->flags & KEY_INIT_NO_LOGIN) ||
	     !pin_read(&user, &secrets.user)))
		status = make(request, &secrets);
	pin_wipe(&secrets.officer);
	pin_wipe(&secrets.user);
	return status;
}

static bool take(struct request *request, int option)
{
	if (option == 'l')
		request->label = optarg;
	if (option == 'p')
		request->pin_file = optarg;
	if (option == 's')
		request->officer_file = optarg;
	if (option == 'b')
		request->target = optarg;
	if (option == 'n')
		request->flags |= KEY_INIT_NO_LOGIN;
	if (option == 't')
		request->flags |= KEY_INIT_TPM;
	if (option != 'r')
		return true;
	if (parse_number(optarg, KEY_ROUNDS_MAX, &request->rounds) &&
	    request->rounds >= KEY_ROUNDS_MIN)
		return true;
	report("init: rounds are %d to %d, not '%s'", KEY_ROUNDS_MIN,
	       KEY_ROUNDS_MAX, optarg);
	return false;
}

int token_command_init(int argc, char **argv)
{
	struct request request = {0};
	int option;

	while ((option = option_next(argc, argv, &usage)) > 0)
		if (!take(&request, option))
			return EXIT_USAGE;
	if (option != OPTION_END)
		return option_exit(option);
	request.name = argv[optind];
	return ask_and_make(&request);
}
