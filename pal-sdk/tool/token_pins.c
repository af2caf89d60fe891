/* SPDX-License-Identifier: BSD-2-Clause */
/* pal token pin, unlock: new PINs. */
#include "command.h"
#include "token_command.h"
#include "token_open.h"

/* ---- By who knows the old one -------------------------------------------- */

static const struct option_rule change_rules[] = {
	{'s', "so", NULL, "the security officer's PIN, not the user's"},
	{'p', "pin-file", "FILE", "the PIN until now"},
	{'n', "new-pin-file", "FILE", "the PIN from now on"},
	{0, NULL, NULL, NULL},
};

static const struct usage change_usage = {
	.synopsis = "pal token pin [--so] [-p FILE] [-n FILE] NAME",
	.text = "Change the user's PIN, or the SO's.\n",
	.options = change_rules,
	.operand_count = 1,
};

static CK_RV set_pin(struct token *token, bool is_officer,
		     const struct pin *old_pin, const struct pin *new_pin)
{
	CK_RV rv = is_officer ? token_login(token, CKU_SO, old_pin->text,
					    old_pin->size)
			      : CKR_OK;

	return rv ? rv
		  : token_set_pin(token, old_pin->text, old_pin->size,
				  new_pin->text, new_pin->size);
}

static int change(const char *name, bool is_officer, const char *old_file,
		  const char *new_file)
{
	const struct pin_source old_source = {
		is_officer ? "SO-PIN" : "PIN",
		is_officer ? PIN_OF_OFFICER : PIN_OF_USER, old_file, false};
	const struct pin_source new_source = {"new PIN", NULL, new_file, true};
	struct pin old_pin, new_pin;
	struct token *token;
	int status = token_open_ready(name, &token);

	if (status)
		return status;
	status = EXIT_FAILURE;
	if (!pin_read(&old_source, &old_pin)) {
		if (!pin_read(&new_source, &new_pin))
			status = token_exit(name, set_pin(token, is_officer,
							  &old_pin, &new_pin));
		pin_wipe(&new_pin);
	}
	pin_wipe(&old_pin);
	token_close(token);
	return status;
}

int token_command_pin(int argc, char **argv)
{
	const char *old_file = NULL, *new_file = NULL;
	bool is_officer = false;
	int option;

	while ((option = option_next(argc, argv, &change_usage)) > 0) {
		if (option == 's')
			is_officer = true;
		if (option == 'p')
			old_file = optarg;
		if (option == 'n')
			new_file = optarg;
	}
	if (option != OPTION_END)
		return option_exit(option);
	return change(argv[optind], is_officer, old_file, new_file);
}

/* ---- By the SO ----------------------------------------------------------- */

static const struct option_rule unlock_rules[] = {
	{'s', "so-pin-file", "FILE", "the PIN of the security officer"},
	{'n', "new-pin-file", "FILE", "the user's PIN from now on"},
	{0, NULL, NULL, NULL},
};

static const struct usage unlock_usage = {
	.synopsis = "pal token unlock [-s FILE] [-n FILE] NAME",
	.text = "Give the user a new PIN, in place of one that was forgotten "
		"or is locked.  Needs the\nSO-PIN.\n",
	.options = unlock_rules,
	.operand_count = 1,
};

static int unlock(const char *name, const char *officer_file,
		  const char *new_file)
{
	const struct pin_source source = {"new PIN", NULL, new_file, true};
	struct token *token;
	struct pin pin;
	int status = token_open_officer(name, officer_file, &token);

	if (status)
		return status;
	status = EXIT_FAILURE;
	if (!pin_read(&source, &pin))
		status = token_exit(name,
				    token_init_pin(token, pin.text, pin.size));
	pin_wipe(&pin);
	token_close(token);
	return status;
}

int token_command_unlock(int argc, char **argv)
{
	const char *officer_file = NULL, *new_file = NULL;
	int option;

	while ((option = option_next(argc, argv, &unlock_usage)) > 0) {
		if (option == 's')
			officer_file = optarg;
		if (option == 'n')
			new_file = optarg;
	}
	if (option != OPTION_END)
		return option_exit(option);
	return unlock(argv[optind], officer_file, new_file);
}
