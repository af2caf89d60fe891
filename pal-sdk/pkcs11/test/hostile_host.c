/* SPDX-License-Identifier: BSD-2-Clause */
/* Talking to the key PAL, and files. */
#include "hostile_host.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "pkcs11/key/cryptoki.h"

/* What PAL_FUNCTIONS() makes of key_call(). */
typedef long (*entry_function)(const void *in, size_t in_size, void *out,
			       size_t out_size);
extern const entry_function pal_entries[];

struct key_reply host_reply;

/* Requests are nested when one interrupts another. */
#define DEPTH 2

static struct {
	uint8_t in[KEY_CALL_SIZE], out[KEY_CALL_SIZE];
	size_t out_size;
	struct writer request;
} talks[DEPTH], *talk = talks;

void host_nest(void (*function)(void))
{
	struct key_reply reply = host_reply;

	talk++;
	function();
	talk--;
	host_reply = reply;
}

void host_need(uint64_t result, const char *what)
{
	if (!result)
		return;
	printf("Bail out! %s: 0x%lx\n", what, (unsigned long)result);
	exit(1);
}

/* ---- Asking -------------------------------------------------------------- */

struct writer *host_begin(uint32_t operation, uint64_t object,
			  uint64_t argument)
{
	struct key_request head = {
		.operation = operation,
		.time = 1800000000,
		.session = 1,
		.object = object,
		.argument = argument,
	};

	talk->request = (struct writer){.bytes = talk->in,
					.capacity = sizeof(talk->in)};
	memcpy(talk->in, &head, sizeof(head));
	talk->request.size = sizeof(head);
	return &talk->request;
}

void host_set_size(void)
{
	uint32_t size = (uint32_t)talk->request.size;

	memcpy(talk->in, &size, sizeof(size));
}

/* A copy exactly as large as it is, so that a step outside is seen. */
uint64_t host_send_as_is(void)
{
	size_t size = talk->request.size;
	uint8_t *copy = malloc(size);
	long result;

	memcpy(copy, talk->in, size);
	result = pal_entries[0](copy, size, talk->out, sizeof(talk->out));
	free(copy);
	if (result < 0 || result > (long)sizeof(talk->out))
		host_need(KEY_R_BAD_REQUEST, "a call");
	talk->out_size = (size_t)result;
	host_reply = (struct key_reply){.size = sizeof(host_reply),
					.result = KEY_R_BAD_REQUEST};
	if (talk->out_size >= sizeof(host_reply))
		memcpy(&host_reply, talk->out, sizeof(host_reply));
	return host_reply.result;
}

uint64_t host_send(void)
{
	host_set_size();
	return host_send_as_is();
}

const uint8_t *host_output(size_t *size)
{
	*size = talk->out_size;
	return talk->out;
}

struct items host_items(void)
{
	return (struct items){talk->out + sizeof(host_reply),
			      host_reply.size - sizeof(host_reply)};
}

uint64_t host_ask(uint32_t operation, uint64_t object, uint64_t argument)
{
	host_begin(operation, object, argument);
	return host_send();
}

/* ---- Files --------------------------------------------------------------- */

void host_keep(struct disk *disk)
{
	struct items items = host_items();
	struct item item;

	while (items_next(&items, &item)) {
		if (item.type == KEY_ITEM_TOKEN) {
			memcpy(disk->token, item.bytes, item.size);
			disk->token_size = item.size;
		}
		if (item.type == KEY_ITEM_OBJECT) {
			memcpy(disk->objects[disk->object_count].bytes,
			       item.bytes, item.size);
			disk->objects[disk->object_count++].size = item.size;
		}
	}
}

uint64_t host_commit(struct disk *disk)
{
	host_keep(disk);
	return host_ask(KEY_OP_COMMIT, 0, 0);
}

void host_load(const struct disk *disk)
{
	host_need(host_ask(KEY_OP_FORGET, 0, 0), "FORGET");
	host_load_on(disk);
}

void host_load_on(const struct disk *disk)
{
	writer_add(host_begin(KEY_OP_LOAD, 0, 0), KEY_ITEM_TOKEN, disk->token,
		   disk->token_size);
	host_need(host_send(), "LOAD");
	for (size_t i = 0; i < disk->object_count; i++) {
		writer_add(host_begin(KEY_OP_LOAD_OBJECT, 0, 0),
			   KEY_ITEM_OBJECT, disk->objects[i].bytes,
			   disk->objects[i].size);
		host_send(); /* an old version is not wanted any more */
	}
	host_need(host_ask(KEY_OP_LOAD_END, 0, 0), "LOAD_END");
}

uint64_t host_store(struct disk *disk)
{
	uint64_t handles[2] = {host_reply.value, host_reply.second};
	uint64_t handle;

	writer_add(host_begin(KEY_OP_STORE, 0, 0), KEY_ITEM_HANDLES, handles,
		   handles[1] ? 16 : 8);
	host_need(host_send(), "STORE");
	handle = host_reply.second ? host_reply.second : host_reply.value;
	host_need(host_commit(disk), "COMMIT");
	return handle;
}

uint64_t host_pin(uint32_t operation, uint64_t argument, const char *pin)
{
	writer_add(host_begin(operation, 0, argument),
		   operation == KEY_OP_INIT_PIN ? KEY_ITEM_NEW_PIN :
						  KEY_ITEM_PIN,
		   pin, strlen(pin));
	return host_send();
}

void host_login(uint64_t user, const char *pin)
{
	host_need(host_pin(KEY_OP_LOGIN, user, pin), "LOGIN");
}

struct key_token_info host_info(void)
{
	struct key_token_info info;

	host_need(host_ask(KEY_OP_INFO, 0, 0), "INFO");
	if (!items_copy(host_items(), KEY_ITEM_INFO, &info, sizeof(info)))
		host_need(KEY_R_BAD_REQUEST, "INFO");
	return info;
}

/* ---- Tokens -------------------------------------------------------------- */

uint64_t host_init_token(const char *so, uint32_t flags)
{
	struct key_init init = {.rounds = KEY_ROUNDS_MIN, .flags = flags};
	struct writer *to = host_begin(KEY_OP_INIT_TOKEN, 0, 0);

	writer_add(to, KEY_ITEM_PIN, so, strlen(so));
	writer_add(to, KEY_ITEM_INIT, &init, sizeof(init));
	return host_send();
}

void host_begin_token(struct disk *disk, const char *so, uint32_t flags)
{
	memset(disk, 0, sizeof(*disk));
	host_need(host_ask(KEY_OP_FORGET, 0, 0), "FORGET");
	host_need(host_init_token(so, flags), "INIT_TOKEN");
	host_need(host_commit(disk), "COMMIT");
}

void host_begin_user(struct disk *disk, const char *so, const char *user)
{
	host_login(CKU_SO, so);
	host_need(host_pin(KEY_OP_INIT_PIN, 0, user), "INIT_PIN");
	host_need(host_commit(disk), "COMMIT");
	host_need(host_ask(KEY_OP_LOGOUT, 0, 0), "LOGOUT");
}

uint64_t host_add_pair(struct disk *disk)
{
	static const uint8_t p256[] = {6,    8,	   0x2a, 0x86, 0x48,
				       0xce, 0x3d, 3,	 1,    7};
	struct key_mechanism generate = {.type = 0x1040};
	struct writer *to = host_begin(KEY_OP_GENERATE_PAIR, 0, 0);

	writer_add(to, KEY_ITEM_MECHANISM, &generate, sizeof(generate));
	writer_add_bool(to, CKA_TOKEN, true);
	writer_add(to, CKA_EC_PARAMS, p256, sizeof(p256));
	writer_add(to, KEY_ITEM_PRIVATE, NULL, 0);
	writer_add_bool(to, CKA_TOKEN, true);
	writer_add_bool(to, CKA_DERIVE, true);
	host_need(host_send(), "GENERATE_PAIR");
	return host_store(disk);
}
