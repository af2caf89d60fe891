/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The key PAL, asked anything in any order by a hostile host, with a token that
 * needs no login and a few keys.  Input: requests, each made of choices (which
 * operation, object, argument, items, mechanism) and bytes for the items; some
 * requests are then damaged.  Nothing may crash, and the sensitive value below
 * may never come out.
 */
#include <string.h>
#include "fuzz.h"
#include "pkcs11/key/cryptoki.h"
#include "pkcs11/key/items.h"
#include "pkcs11/key_mechanisms.h"
#include "pkcs11/test/fake_vault.h"

typedef long (*entry_function)(const void *in, size_t in_size, void *out,
			       size_t out_size);
extern const entry_function pal_entries[];

/* The value of keys that must stay inside. */
static const char sensitive[] = "never leaves the PAL, not one bit";
#define SENSITIVE_SIZE 32

static uint8_t out[KEY_CALL_SIZE];
static size_t out_size;

/* What a host keeps on its disk. */
static struct {
	uint8_t token[KEY_CALL_SIZE];
	size_t token_size;
	struct {
		uint8_t bytes[KEY_OBJECT_SIZE];
		size_t size;
	} objects[8];
	size_t object_count;
} disk;

static struct items reply_items(void)
{
	return (struct items){out + sizeof(struct key_reply),
			      out_size - sizeof(struct key_reply)};
}

static void call(const uint8_t *request, size_t size)
{
	uint8_t *in = malloc(size ? size : 1);
	long result;

	memcpy(in, request, size);
	result = pal_entries[0](in, size, out, sizeof(out));
	free(in);
	REQUIRE(result >= 0 && result <= (long)sizeof(out));
	out_size = (size_t)result;
	REQUIRE(!memmem(out, out_size, sensitive, SENSITIVE_SIZE));
}

/* A request being made. */
static struct writer request;
static uint8_t request_bytes[KEY_CALL_SIZE];

static void begin(uint32_t operation, uint64_t object, uint64_t argument)
{
	struct key_request head = {.operation = operation,
				   .time = 1800000000,
				   .session = 1,
				   .object = object,
				   .argument = argument};

	request = (struct writer){.bytes = request_bytes,
				  .capacity = sizeof(request_bytes)};
	memcpy(request.bytes, &head, sizeof(head));
	request.size = sizeof(head);
}

static void set_size(void)
{
	uint32_t size = (uint32_t)request.size;

	memcpy(request.bytes, &size, sizeof(size));
}

static uint64_t send(void)
{
	struct key_reply reply = {.result = KEY_R_BAD_REQUEST};

	set_size();
	call(request.bytes, request.size);
	if (out_size >= sizeof(reply))
		memcpy(&reply, out, sizeof(reply));
	return reply.result;
}

/* ---- A token to begin with ----------------------------------------------- */

static void keep(void)
{
	struct items items = reply_items();
	struct item item;

	while (items_next(&items, &item)) {
		if (item.type == KEY_ITEM_TOKEN) {
			memcpy(disk.token, item.bytes, item.size);
			disk.token_size = item.size;
		}
		if (item.type == KEY_ITEM_OBJECT) {
			memcpy(disk.objects[disk.object_count].bytes,
			       item.bytes, item.size);
			disk.objects[disk.object_count++].size = item.size;
		}
	}
	begin(KEY_OP_COMMIT, 0, 0);
	REQUIRE(!send());
}

static void store(void)
{
	struct key_reply reply;
	uint64_t handles[2];

	memcpy(&reply, out, sizeof(reply));
	handles[0] = reply.value;
	handles[1] = reply.second;
	begin(KEY_OP_STORE, 0, 0);
	writer_add(&request, KEY_ITEM_HANDLES, handles, handles[1] ? 16 : 8);
	REQUIRE(!send());
	keep();
}

static void add_secret_key(uint64_t key_type)
{
	begin(KEY_OP_CREATE, 0, 0);
	writer_add_number(&request, CKA_CLASS, CKO_SECRET_KEY);
	writer_add_number(&request, CKA_KEY_TYPE, key_type);
	writer_add_bool(&request, CKA_TOKEN, true);
	writer_add_bool(&request, CKA_WRAP, true);
	writer_add_bool(&request, CKA_UNWRAP, true);
	writer_add(&request, CKA_VALUE, sensitive, SENSITIVE_SIZE);
	REQUIRE(!send());
	store();
}

static void add_pair(void)
{
	static const uint8_t p256[] = {6,    8,	   0x2a, 0x86, 0x48,
				       0xce, 0x3d, 3,	 1,    7};
	struct key_mechanism generate = {.type = 0x1040};

	begin(KEY_OP_GENERATE_PAIR, 0, 0);
	writer_add(&request, KEY_ITEM_MECHANISM, &generate, sizeof(generate));
	writer_add_bool(&request, CKA_TOKEN, true);
	writer_add(&request, CKA_EC_PARAMS, p256, sizeof(p256));
	writer_add(&request, KEY_ITEM_PRIVATE, NULL, 0);
	writer_add_bool(&request, CKA_TOKEN, true);
	writer_add_bool(&request, CKA_DERIVE, true);
	REQUIRE(!send());
	store();
}

static void make_token(void)
{
	struct key_init init = {.rounds = KEY_ROUNDS_MIN,
				.flags = KEY_INIT_NO_LOGIN};

	begin(KEY_OP_INIT_TOKEN, 0, 0);
	writer_add(&request, KEY_ITEM_PIN, "1234", 4);
	writer_add(&request, KEY_ITEM_INIT, &init, sizeof(init));
	REQUIRE(!send());
	keep();
	add_pair();
	add_secret_key(CKK_AES);
	add_secret_key(CKK_GENERIC_SECRET);
	fake_vault_mark();
}

static void load_token(void)
{
	fake_vault_back_to_mark();
	begin(KEY_OP_FORGET, 0, 0);
	send();
	begin(KEY_OP_LOAD, 0, 0);
	writer_add(&request, KEY_ITEM_TOKEN, disk.token, disk.token_size);
	REQUIRE(!send());
	for (size_t i = 0; i < disk.object_count; i++) {
		begin(KEY_OP_LOAD_OBJECT, 0, 0);
		writer_add(&request, KEY_ITEM_OBJECT, disk.objects[i].bytes,
			   disk.objects[i].size);
		REQUIRE(!send());
	}
	begin(KEY_OP_LOAD_END, 0, 0);
	REQUIRE(!send());
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
static void add_item(struct input *input)
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
		writer_add(&request, type, &mechanism, sizeof(mechanism));
		return;
	}
	switch (form % 8) {
	case 0:
		writer_add_number(&request, type, take_handle(input));
		return;
	case 1:
		writer_add_bool(&request, type, take(input) & 1);
		return;
	case 2:
		writer_add_number(&request, type, take(input));
		return;
	case 3:
		writer_add(&request, type, disk.token,
			   disk.token_size - take(input) % 4);
		return;
	case 4:
		own.bytes = (const uint8_t *)&disk.objects[take(input) % 4];
		writer_add(&request, type, own.bytes, 300);
		return;
	default:
		own = take_bytes(input, form % 128);
		writer_add(&request, type, own.bytes, own.size);
	}
}

static void ask(struct input *input)
{
	uint8_t operation = take(input), damage = take(input);
	uint64_t object = take_handle(input);
	uint64_t argument = damage & 1 ? 1ull << take(input) % 10 :
					 take_handle(input);

	begin(operation % 48, object, argument);
	for (int i = damage >> 4; i >= 0; i--)
		add_item(input);
	set_size();
	if ((damage & 14) == 14)
		for (int i = 0; i < 3; i++)
			request.bytes[(take(input) | take(input) << 8) %
				      request.size] = take(input);
	call(request.bytes, request.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = {bytes, size};

	if (!disk.token_size)
		make_token();
	load_token();
	for (int i = 0; i < 40 && input.size; i++)
		ask(&input);
	return 0;
}
