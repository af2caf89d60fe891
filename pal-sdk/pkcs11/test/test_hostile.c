/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hostile host with a token of its own, `mine`, of which it knows all PINs,
 * and another's, `theirs`, of which it has the files.  In each test that says
 * so, it gets ahead of a request at every moment in turn.
 */
#include <stdio.h>
#include <string.h>
#include "fake_vault.h"
#include "hostile_host.h"
#include "pkcs11/key/cryptoki.h"
#include "pkcs11/key/state.h"
#include "test/tap.h"

#define MINE_SO	   "mine so"
#define MINE_USER  "mine user"
#define THEIRS_SO  "theirs so"
#define THEIR_USER "theirs user"

static struct disk mine, theirs, scratch;
static uint64_t their_key;
static uint8_t my_target[KEY_POINT_SIZE]; /* of my token, for backups */

/* ---- Tokens -------------------------------------------------------------- */

static void make_tokens(void)
{
	host_begin_token(&mine, MINE_SO, 0);
	host_begin_user(&mine, MINE_SO, MINE_USER);
	host_login(CKU_USER, MINE_USER);
	host_add_pair(&mine);
	memcpy(my_target, host_info().backup_key, sizeof(my_target));
	host_begin_token(&theirs, THEIRS_SO, 0);
	host_begin_user(&theirs, THEIRS_SO, THEIR_USER);
	host_login(CKU_USER, THEIR_USER);
	their_key = host_add_pair(&theirs);
}

/* ---- What must not be ---------------------------------------------------- */

static uint64_t sign(uint64_t key)
{
	struct key_mechanism ecdsa = {.type = 0x1041};
	struct writer *to = host_begin(KEY_OP_ONCE, key, KEY_USE_SIGN);

	writer_add(to, KEY_ITEM_MECHANISM, &ecdsa, sizeof(ecdsa));
	writer_add(to, KEY_ITEM_DATA, "12345678901234567890123456789012", 32);
	return host_send();
}

static void load_theirs(void)
{
	host_load(&theirs);
}

/* Their token takes their PINs, and not mine. */
static bool are_their_pins_theirs(void)
{
	bool is_good;

	load_theirs();
	is_good = host_pin(KEY_OP_LOGIN, CKU_USER, MINE_USER) &&
		  host_pin(KEY_OP_LOGIN, CKU_SO, MINE_SO) &&
		  !host_pin(KEY_OP_LOGIN, CKU_SO, THEIRS_SO) &&
		  !host_ask(KEY_OP_LOGOUT, 0, 0) &&
		  !host_pin(KEY_OP_LOGIN, CKU_USER, THEIR_USER);
	host_ask(KEY_OP_LOGOUT, 0, 0);
	return is_good;
}

/* ---- Tokens that change places ------------------------------------------- */

static void a_change_of_my_token_is_not_made_in_theirs(void)
{
	host_load(&mine);
	host_need(host_ask(KEY_OP_SAVE, 0, 0), "SAVE");
	load_theirs();
	CHECK(host_ask(KEY_OP_COMMIT, 0, 0));
	host_pin(KEY_OP_LOGIN, CKU_USER, MINE_USER);
	CHECK(host_info().login == 0);
	CHECK(sign(their_key));
	CHECK(are_their_pins_theirs());
}

static void start_loading_theirs(void)
{
	writer_add(host_begin(KEY_OP_LOAD, 0, 0), KEY_ITEM_TOKEN, theirs.token,
		   theirs.token_size);
	host_need(host_send(), "LOAD");
}

static void a_token_that_was_begun_before_does_not_take_theirs_over(void)
{
	host_need(host_ask(KEY_OP_FORGET, 0, 0), "FORGET");
	host_need(host_init_token(MINE_SO, KEY_INIT_NO_LOGIN), "INIT_TOKEN");
	start_loading_theirs();
	host_need(host_ask(KEY_OP_LOAD_END, 0, 0), "LOAD_END");
	host_login(CKU_USER, THEIR_USER);
	CHECK(host_ask(KEY_OP_COMMIT, 0, 0));
	CHECK(host_info().login == 1);
}

static void theirs_does_not_come_into_a_token_begun_meanwhile(void)
{
	host_need(host_ask(KEY_OP_FORGET, 0, 0), "FORGET");
	start_loading_theirs();
	host_need(host_init_token(MINE_SO, 0), "INIT_TOKEN");
	memset(&scratch, 0, sizeof(scratch));
	host_need(host_commit(&scratch), "COMMIT");
	CHECK(host_ask(KEY_OP_LOAD_END, 0, 0));
}

static void a_token_begun_anew_has_nothing_of_before(void)
{
	static const uint8_t value[16] = "of before";
	struct writer *to;
	uint64_t handle;

	host_begin_token(&scratch, MINE_SO, 0);
	to = host_begin(KEY_OP_CREATE, 0, 0);
	writer_add_number(to, CKA_CLASS, CKO_SECRET_KEY);
	writer_add_number(to, CKA_KEY_TYPE, CKK_AES);
	writer_add_bool(to, CKA_PRIVATE, false);
	writer_add(to, CKA_VALUE, value, sizeof(value));
	host_need(host_send(), "CREATE");
	handle = host_reply.value;
	host_need(host_init_token(MINE_SO, KEY_INIT_NO_LOGIN), "INIT_TOKEN");
	host_need(host_commit(&scratch), "COMMIT");
	CHECK(host_ask(KEY_OP_SUMMARY, handle, 0) == CKR_OBJECT_HANDLE_INVALID);
}

/* ---- Getting ahead of a request ------------------------------------------ */

/* Each returns whether there was such a moment. */
static unsigned int moment;

static void at_every_moment(bool (*attack)(void))
{
	for (moment = 1; attack(); moment++)
		;
	CHECK(moment > 2);
}

static bool log_in_with_my_pin(void)
{
	bool was_there;

	host_load(&mine);
	host_interrupt(moment, load_theirs);
	host_pin(KEY_OP_LOGIN, CKU_USER, MINE_USER);
	was_there = host_was_interrupted();
	if (was_there)
		CHECK(host_info().login == 0);
	return was_there;
}

static void my_pin_opens_no_other_token(void)
{
	at_every_moment(log_in_with_my_pin);
	CHECK(are_their_pins_theirs());
}

/* A change that got through is committed, whose ever it became. */
static bool commit_and_look(void)
{
	bool was_there = host_was_interrupted();

	if (!host_reply.result)
		host_commit(was_there ? &theirs : &mine);
	if (was_there)
		CHECK(are_their_pins_theirs());
	return was_there;
}

static bool change_my_pin(void)
{
	struct writer *to;

	host_load(&mine);
	host_interrupt(moment, load_theirs);
	to = host_begin(KEY_OP_SET_PIN, 0, 0);
	writer_add(to, KEY_ITEM_PIN, MINE_USER, strlen(MINE_USER));
	writer_add(to, KEY_ITEM_NEW_PIN, MINE_USER, strlen(MINE_USER));
	host_send();
	return commit_and_look();
}

static void my_pin_changes_no_other_tokens(void)
{
	at_every_moment(change_my_pin);
}

static bool set_my_users_pin(void)
{
	host_load(&mine);
	host_login(CKU_SO, MINE_SO);
	host_interrupt(moment, load_theirs);
	host_pin(KEY_OP_INIT_PIN, 0, MINE_USER);
	return commit_and_look();
}

static void my_so_sets_no_other_users_pin(void)
{
	at_every_moment(set_my_users_pin);
}

static bool begin_mine_anew(void)
{
	bool was_there;

	host_begin_token(&scratch, MINE_SO, 0);
	host_interrupt(moment, load_theirs);
	host_init_token(MINE_SO, 0);
	was_there = host_was_interrupted();
	if (was_there)
		CHECK(host_reply.result);
	return was_there;
}

static void my_so_begins_no_other_token_anew(void)
{
	at_every_moment(begin_mine_anew);
}

static struct disk empty;

static void load_empty(void)
{
	host_load(&empty);
}

/* An attacker's target in a token that has no keys yet. */
static bool set_my_target(void)
{
	static const uint8_t none[KEY_POINT_SIZE];
	struct key_token_info info;
	bool was_there;

	host_begin_token(&scratch, MINE_SO, 0);
	host_login(CKU_SO, MINE_SO);
	host_interrupt(moment, load_empty);
	writer_add(host_begin(KEY_OP_SET_TARGET, 0, 0), KEY_ITEM_TARGET,
		   my_target, sizeof(my_target));
	host_send();
	was_there = host_was_interrupted();
	if (!host_reply.result)
		host_commit(was_there ? &empty : &scratch);
	load_empty();
	info = host_info();
	CHECK(!memcmp(info.target, none, sizeof(none)));
	return was_there;
}

static void my_so_names_no_other_tokens_target(void)
{
	host_begin_token(&empty, THEIRS_SO, 0);
	at_every_moment(set_my_target);
}

/* ---- Getting ahead within a token ---------------------------------------- */

static uint64_t key; /* of `scratch` */

/* A fresh token with a key, the user logged in. */
static void begin_scratch(void)
{
	fake_vault_reset(); /* it has few */
	host_begin_token(&scratch, MINE_SO, 0);
	host_begin_user(&scratch, MINE_SO, MINE_USER);
	host_login(CKU_USER, MINE_USER);
	key = host_add_pair(&scratch);
}

static uint64_t change_pin(const char *pin)
{
	struct writer *to = host_begin(KEY_OP_SET_PIN, 0, 0);

	writer_add(to, KEY_ITEM_PIN, MINE_USER, strlen(MINE_USER));
	writer_add(to, KEY_ITEM_NEW_PIN, pin, strlen(pin));
	return host_send();
}

static void change_pin_to_good(void)
{
	host_need(change_pin("good"), "SET_PIN");
	host_need(host_commit(&scratch), "COMMIT");
}

static bool log_in_while_the_pin_is_changed(void)
{
	begin_scratch();
	host_need(host_ask(KEY_OP_LOGOUT, 0, 0), "LOGOUT");
	host_interrupt(moment, change_pin_to_good);
	host_pin(KEY_OP_LOGIN, CKU_USER, MINE_USER);
	if (!host_was_interrupted())
		return false;
	CHECK(host_info().login == 0);
	return true;
}

static void a_pin_that_was_changed_logs_nobody_in(void)
{
	at_every_moment(log_in_while_the_pin_is_changed);
}

static bool change_the_pin_while_it_is_changed(void)
{
	bool was_there;
	uint64_t result;

	begin_scratch();
	host_interrupt(moment, change_pin_to_good);
	result = change_pin("evil");
	was_there = host_was_interrupted();
	if (!result)
		host_commit(&scratch);
	host_load(&scratch);
	CHECK(!host_pin(KEY_OP_LOGIN, CKU_USER, was_there ? "good" : "evil"));
	return was_there;
}

static void a_pin_that_was_changed_changes_nothing(void)
{
	at_every_moment(change_the_pin_while_it_is_changed);
}

static void forbid_to_sign(void)
{
	writer_add_bool(host_begin(KEY_OP_SET, key, 0), CKA_SIGN, false);
	host_need(host_send(), "SET");
	host_need(host_commit(&scratch), "COMMIT");
}

static void destroy(void)
{
	host_need(host_ask(KEY_OP_DESTROY, key, 0), "DESTROY");
	host_need(host_commit(&scratch), "COMMIT");
}

static bool label_while(void (*interruption)(void))
{
	bool was_there;
	uint64_t result;

	begin_scratch();
	host_interrupt(moment, interruption);
	writer_add(host_begin(KEY_OP_SET, key, 0), CKA_LABEL, "name", 4);
	result = host_send();
	was_there = host_was_interrupted();
	if (!result)
		host_commit(&scratch);
	CHECK(!sign(key) == !was_there);
	host_load(&scratch);
	host_login(CKU_USER, MINE_USER);
	CHECK(!sign(key) == !was_there);
	return was_there;
}

static bool label_while_signing_is_forbidden(void)
{
	return label_while(forbid_to_sign);
}

static void what_was_forbidden_stays_so(void)
{
	at_every_moment(label_while_signing_is_forbidden);
}

static bool label_while_destroyed(void)
{
	return label_while(destroy);
}

static void what_was_destroyed_stays_so(void)
{
	at_every_moment(label_while_destroyed);
}

static void log_out(void)
{
	host_need(host_ask(KEY_OP_LOGOUT, 0, 0), "LOGOUT");
}

static void begin_anew_with_my_target(void)
{
	host_need(host_init_token(MINE_SO, KEY_INIT_NO_LOGIN), "INIT_TOKEN");
	host_need(host_commit(&scratch), "COMMIT");
	host_login(CKU_SO, MINE_SO);
	writer_add(host_begin(KEY_OP_SET_TARGET, 0, 0), KEY_ITEM_TARGET,
		   my_target, sizeof(my_target));
	host_need(host_send(), "SET_TARGET");
	host_need(host_commit(&scratch), "COMMIT");
	log_out();
}

static bool back_up_while_begun_anew(void)
{
	bool was_there;

	begin_scratch();
	host_interrupt(moment, begin_anew_with_my_target);
	CHECK(host_ask(KEY_OP_BACKUP, key, 0));
	was_there = host_was_interrupted();
	return was_there;
}

static void a_key_of_before_is_not_backed_up(void)
{
	at_every_moment(back_up_while_begun_anew);
}

static bool copy_while_begun_anew(void)
{
	bool was_there;

	begin_scratch();
	host_interrupt(moment, begin_anew_with_my_target);
	host_ask(KEY_OP_COPY, key, 0);
	was_there = host_was_interrupted();
	CHECK(!host_reply.result == !was_there);
	return was_there;
}

static void a_key_of_before_is_not_copied(void)
{
	at_every_moment(copy_while_begun_anew);
}

/* ---- Drafts -------------------------------------------------------------- */

static uint64_t store(uint64_t draft)
{
	writer_add_number(host_begin(KEY_OP_STORE, 0, 0), KEY_ITEM_HANDLES,
			  draft);
	return host_send();
}

/* A state that was not committed, but loaded, has the key; its draft stays. */
static void a_limited_key_is_stored_once(void)
{
	struct writer *to;
	uint64_t draft, stored;

	begin_scratch();
	to = host_begin(KEY_OP_CREATE, 0, 0);
	writer_add_number(to, CKA_CLASS, CKO_SECRET_KEY);
	writer_add_number(to, CKA_KEY_TYPE, CKK_AES);
	writer_add_bool(to, CKA_TOKEN, true);
	writer_add_number(to, KEY_A_TOTAL, 5);
	writer_add(to, CKA_VALUE, "sixteen bytes yy", 16);
	host_need(host_send(), "CREATE");
	draft = host_reply.value;
	writer_add(host_begin(KEY_OP_STORE, 0, 0), KEY_ITEM_HANDLES,
		   (uint64_t[]){draft, draft}, 16);
	CHECK(host_send());
	host_need(store(draft), "STORE");
	stored = host_reply.value;
	host_keep(&scratch);
	host_load_on(&scratch);
	CHECK(host_info().object_count == 3);
	CHECK(store(draft));
	host_need(host_ask(KEY_OP_DESTROY, stored, 0), "DESTROY");
	host_need(host_commit(&scratch), "COMMIT");
	CHECK(host_info().object_count == 2);
	CHECK(store(draft));
}

/* ---- Records ------------------------------------------------------------- */

static uint64_t add_aes_key(struct disk *disk)
{
	static const uint8_t value[16] = "sixteen bytes";
	struct writer *to = host_begin(KEY_OP_CREATE, 0, 0);

	writer_add_number(to, CKA_CLASS, CKO_SECRET_KEY);
	writer_add_number(to, CKA_KEY_TYPE, CKK_AES);
	writer_add_bool(to, CKA_TOKEN, true);
	writer_add(to, CKA_VALUE, value, sizeof(value));
	host_need(host_send(), "CREATE");
	return host_store(disk);
}

static bool is_recorded(void)
{
	struct key_record record;

	return items_copy(host_items(), KEY_ITEM_RECORD, &record,
			  sizeof(record));
}

/* Whoever tries a key out leaves a trace, not a gap. */
static void a_use_that_fails_is_recorded(void)
{
	struct key_mechanism gcm = {.type = 0x1087, .length = 16};
	struct writer *to;
	struct item output;

	begin_scratch();
	key = add_aes_key(&scratch);
	to = host_begin(KEY_OP_ONCE, key, KEY_USE_DECRYPT);
	writer_add(to, KEY_ITEM_MECHANISM, &gcm, sizeof(gcm));
	writer_add(to, KEY_ITEM_IV, "twelve bytes", 12);
	writer_add(to, KEY_ITEM_DATA, "this is no ciphertext of it", 27);
	CHECK(host_send() == CKR_ENCRYPTED_DATA_INVALID);
	CHECK(is_recorded());
	CHECK(!items_find(host_items(), KEY_ITEM_OUTPUT, &output) ||
	      !output.size);
}

static void a_backup_is_recorded(void)
{
	fake_vault_reset();
	host_begin_token(&scratch, MINE_SO, 0);
	host_login(CKU_SO, MINE_SO);
	writer_add(host_begin(KEY_OP_SET_TARGET, 0, 0), KEY_ITEM_TARGET,
		   my_target, sizeof(my_target));
	host_need(host_send(), "SET_TARGET");
	host_need(host_commit(&scratch), "COMMIT");
	log_out();
	host_begin_user(&scratch, MINE_SO, MINE_USER);
	host_login(CKU_USER, MINE_USER);
	key = host_add_pair(&scratch);
	CHECK(!host_ask(KEY_OP_BACKUP, key, 0));
	CHECK(is_recorded());
}

/* ---- After a boot -------------------------------------------------------- */

/*
 * The old state is believed; but the key of the life before, which had got the
 * same handle and the same number of changes, does not come into this one.
 */
static void a_key_does_not_come_into_a_state_that_never_had_it(void)
{
	static struct disk old, other;

	fake_vault_reset();
	host_begin_token(&old, MINE_SO, 0);
	host_begin_user(&old, MINE_SO, MINE_USER);
	scratch = old;
	host_need(host_ask(KEY_OP_SAVE, 0, 0), "SAVE");
	host_need(host_commit(&scratch), "COMMIT");
	host_login(CKU_USER, MINE_USER);
	key = host_add_pair(&scratch);

	fake_vault_reset();
	other = old;
	host_load(&other);
	host_login(CKU_SO, MINE_SO);
	writer_add(host_begin(KEY_OP_SET_TARGET, 0, 0), KEY_ITEM_TARGET,
		   my_target, sizeof(my_target));
	host_need(host_send(), "SET_TARGET");
	host_need(host_commit(&other), "COMMIT");
	log_out();
	host_login(CKU_USER, MINE_USER);
	CHECK(host_add_pair(&other) == key);
	memcpy(other.objects, scratch.objects, sizeof(other.objects));
	host_load(&other);
	CHECK(host_info().missing_count == 2);
}

int main(void)
{
	make_tokens();
	RUN(a_change_of_my_token_is_not_made_in_theirs);
	RUN(a_token_that_was_begun_before_does_not_take_theirs_over);
	RUN(theirs_does_not_come_into_a_token_begun_meanwhile);
	RUN(a_token_begun_anew_has_nothing_of_before);
	RUN(my_pin_opens_no_other_token);
	RUN(my_pin_changes_no_other_tokens);
	RUN(my_so_sets_no_other_users_pin);
	RUN(my_so_begins_no_other_token_anew);
	RUN(my_so_names_no_other_tokens_target);
	RUN(a_pin_that_was_changed_logs_nobody_in);
	RUN(a_pin_that_was_changed_changes_nothing);
	RUN(what_was_forbidden_stays_so);
	RUN(what_was_destroyed_stays_so);
	RUN(a_key_of_before_is_not_backed_up);
	RUN(a_key_of_before_is_not_copied);
	RUN(a_limited_key_is_stored_once);
	RUN(a_use_that_fails_is_recorded);
	RUN(a_backup_is_recorded);
	RUN(a_key_does_not_come_into_a_state_that_never_had_it);
	return TAP_END();
}
