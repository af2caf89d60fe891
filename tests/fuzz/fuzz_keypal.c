/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The key PAL, asked anything in any order by a hostile host, with a token of
 * its own, which needs no login and has a few keys, and the files of another's,
 * whose PIN it does not know.  Input: requests, each made of choices (which
 * operation, object, argument, items, mechanism) and bytes for the items; some
 * requests are then damaged, and some are whole steps of a host that is honest
 * for once, so that long stories come about.  Nothing may crash, and neither
 * the sensitive value nor what is private in the other's token may come out.
 */
#include <string.h>
#include "fuzz.h"
#include "pkcs11/key/cryptoki.h"
#include "pkcs11/key/items.h"
#include "pkcs11/key_mechanisms.h"
#include "pkcs11/test/fake_vault.h"
#include "pkcs11/test/hostile_host.h"

/* The value of keys that must stay inside, and of an object behind a PIN. */
static const char sensitive[] = "never leaves the PAL, not one bit";
static const char private[] = "for who knows the PIN, and no other";
#define SENSITIVE_SIZE 32

static struct disk mine, theirs, written;

static void look_at_output(void)
{
	size_t size;
	const uint8_t *bytes = host_output(&size);

	REQUIRE(!memmem(bytes, size, sensitive, SENSITIVE_SIZE));
	REQUIRE(!memmem(bytes, size, private, SENSITIVE_SIZE));
}

/* ---- Tokens to begin with ------------------------------------------------ */

static void add_object(struct disk *disk, uint64_t class, uint64_t key_type,
		       const char *value)
{
	struct writer *to = host_begin(KEY_OP_CREATE, 0, 0);

	writer_add_number(to, CKA_CLASS, class);
	writer_add_bool(to, CKA_TOKEN, true);
	writer_add_bool(to, CKA_PRIVATE, true);
	writer_add(to, CKA_VALUE, value, SENSITIVE_SIZE);
	if (class == CKO_SECRET_KEY) {
		writer_add_number(to, CKA_KEY_TYPE, key_type);
		writer_add_bool(to, CKA_WRAP, true);
		writer_add_bool(to, CKA_UNWRAP, true);
	}
	host_need(host_send(), "CREATE");
	host_store(disk);
}

static void make_tokens(void)
{
	host_begin_token(&theirs, "not to be guessed", 0);
	host_begin_user(&theirs, "not to be guessed", "nor this one");
	host_login(CKU_USER, "nor this one");
	add_object(&theirs, CKO_DATA, 0, private);
	add_object(&theirs, CKO_SECRET_KEY, CKK_AES, sensitive);
	host_begin_token(&mine, "1234", KEY_INIT_NO_LOGIN);
	host_add_pair(&mine);
	add_object(&mine, CKO_SECRET_KEY, CKK_AES, sensitive);
	add_object(&mine, CKO_SECRET_KEY, CKK_GENERIC_SECRET, sensitive);
	fake_vault_mark();
}

/* Which need not go well any more: it may be old by now. */
static void load(const struct disk *disk)
{
	writer_add(host_begin(KEY_OP_LOAD, 0, 0), KEY_ITEM_TOKEN, disk->token,
		   disk->token_size);
	host_send();
	for (size_t i = 0; i < disk->object_count; i++) {
		writer_add(host_begin(KEY_OP_LOAD_OBJECT, 0, 0),
			   KEY_ITEM_OBJECT, disk->objects[i].bytes,
			   disk->objects[i].size);
		host_send();
	}
	host_ask(KEY_OP_LOAD_END, 0, 0);
}

/* What an honest host does as a whole. */
static void take_a_step(uint8_t choice)
{
	switch (choice % 8) {
	case 0:
		load(&mine);
		return;
	case 1:
		load(&theirs);
		return;
	case 2:
		load(&written);
		return;
	case 3:
		host_ask(KEY_OP_FORGET, 0, 0);
		return;
	case 4:
		host_ask(KEY_OP_COMMIT, 0, 0);
		return;
	case 5:
		host_ask(KEY_OP_SAVE, 0, 0);
		return;
	case 6:
		host_pin(KEY_OP_LOGIN, choice & 8 ? CKU_USER : CKU_SO, "1234");
		return;
	default:
		writer_add(host_begin(KEY_OP_GET, choice / 8 % 4 + 1, 0),
			   CKA_VALUE, NULL, 0);
		host_send();
	}
}

/* Of a change that the request brought: its files, beside those of mine. */
static void write_down(void)
{
	if (!(host_reply.flags & KEY_REPLY_PENDING))
		return;
	if (written.object_count > 8)
		written.object_count = mine.object_count;
	host_keep(&written);
}

/* ---- Anything ------------------------------------------------------------ */

struct input {
	const uint8_t *bytes;
	size_t size;
};

static uint8_t take(struct input *input)
{
	if (!input->size)
		return 0;
	input->size--;
	return *input->bytes++;
}

static struct input take_bytes(struct input *input, size_t size)
{
	struct input taken = {input->bytes,
			      size < input->size ? size : input->size};

	input->bytes += taken.size;
	input->size -= taken.size;
	return taken;
}

/* One of those that are there, or were, or may come. */
static uint64_t take_handle(struct input *input)
{
	uint8_t choice = take(input);

	return choice < 128 ? choice % 8 :
			      KEY_SESSION_HANDLE + choice % 16;
}

/* All mechanisms but the slow one, and one that does not exist. */
static uint64_t take_mechanism(struct input *input)
{
#define NUMBER(number, name, family, hash, purposes) number,
	static const uint32_t numbers[] = {KEY_MECHANISMS(NUMBER) 0x9999};
	size_t count = sizeof(numbers) / sizeof(numbers[0]);

	return numbers[1 + take(input) % (count - 1)];
}

static const uint32_t types[] = {
	KEY_ITEM_TOKEN,	    KEY_ITEM_OBJECT,	    KEY_ITEM_PIN,
	KEY_ITEM_NEW_PIN,   KEY_ITEM_IV,	    KEY_ITEM_EXTRA,
	KEY_ITEM_PEER,	    KEY_ITEM_DATA,	    KEY_ITEM_SIGNATURE,
	KEY_ITEM_PRIVATE,   KEY_ITEM_HANDLES,	    KEY_ITEM_BACKUP,
	KEY_ITEM_TARGET,    KEY_ITEM_MECHANISM,	    KEY_ITEM_DATA,
	CKA_CLASS,	    CKA_TOKEN,		    CKA_PRIVATE,
	CKA_LABEL,	    CKA_APPLICATION,	    CKA_VALUE,
	CKA_OBJECT_ID,	    CKA_CERTIFICATE_TYPE,   CKA_ISSUER,
	CKA_TRUSTED,	    CKA_KEY_TYPE,	    CKA_SUBJECT,
	CKA_ID,		    CKA_SENSITIVE,	    CKA_ENCRYPT,
	CKA_DECRYPT,	    CKA_WRAP,		    CKA_UNWRAP,
	CKA_SIGN,	    CKA_VERIFY,		    CKA_DERIVE,
	CKA_START_DATE,	    CKA_END_DATE,	    CKA_MODULUS,
	CKA_MODULUS_BITS,   CKA_PUBLIC_EXPONENT,    CKA_PRIVATE_EXPONENT,
	CKA_PRIME_1,	    CKA_VALUE_LEN,	    CKA_EXTRACTABLE,
	CKA_LOCAL,	    CKA_NEVER_EXTRACTABLE,  CKA_MODIFIABLE,
	CKA_COPYABLE,	    CKA_EC_PARAMS,	    CKA_EC_POINT,
	KEY_A_TOTAL,	    CKA_ALLOWED_MECHANISMS, KEY_A_PER_MINUTE,
	0xff100001,	    0xdead,
};

/* Values that get past the first checks, or the input's own. */
static void add_item(struct writer *request, struct input *input)
{
	uint32_t type =
		types[take(input) % (sizeof(types) / sizeof(types[0]))];
	uint8_t form = take(input);
	struct key_mechanism mechanism;
	struct input own;

	if (type == KEY_ITEM_MECHANISM) {
		mechanism = (struct key_mechanism){.type =
							   take_mechanism(input)};
		mechanism.hash = take_mechanism(input);
		mechanism.mgf = take(input);
		mechanism.length = take(input);
		mechanism.kdf = take(input) % 16;
		writer_add(request, type, &mechanism, sizeof(mechanism));
		return;
	}
	switch (form % 8) {
	case 0:
		writer_add_number(request, type, take_handle(input));
		return;
	case 1:
		writer_add_bool(request, type, take(input) & 1);
		return;
	case 2:
		writer_add_number(request, type, take(input));
		return;
	case 3:
		writer_add(request, type, mine.token,
			   mine.token_size - take(input) % 4);
		return;
	case 4:
		own.bytes = (const uint8_t *)&mine.objects[take(input) % 4];
		writer_add(request, type, own.bytes, 300);
		return;
	default:
		own = take_bytes(input, form % 128);
		writer_add(request, type, own.bytes, own.size);
	}
}

static void ask(struct input *input)
{
	uint8_t operation = take(input), damage = take(input);
	uint64_t object = take_handle(input);
	uint64_t argument = damage & 1 ? 1ull << take(input) % 10 :
					 take_handle(input);
	struct writer *request =
		host_begin(operation % 48, object, argument);

	for (int i = damage >> 4; i >= 0; i--)
		add_item(request, input);
	host_set_size();
	if ((damage & 14) == 14)
		for (int i = 0; i < 3; i++)
			request->bytes[(take(input) | take(input) << 8) %
				       request->size] = take(input);
	host_send_as_is();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = {bytes, size};

	if (!mine.token_size)
		make_tokens();
	fake_vault_back_to_mark();
	written = mine;
	host_load(&mine);
	for (int i = 0; i < 40 && input.size; i++) {
		if (*input.bytes >= 0xc0)
			take_a_step(take(&input));
		else
			ask(&input);
		look_at_output();
		write_down();
	}
	return 0;
}
