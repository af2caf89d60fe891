/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host that keeps the files of several tokens and says to the key PAL, which
 * is linked in, whatever it likes, also while the PAL is at something else.
 */
#ifndef TEST_HOSTILE_HOST_H
#define TEST_HOSTILE_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pkcs11/key/items.h"
#include "pkcs11/key_protocol.h"

/* The files of a token. */
struct disk {
	uint8_t token[KEY_CALL_SIZE];
	size_t token_size;
	struct {
		uint8_t bytes[KEY_OBJECT_SIZE];
		size_t size;
	} objects[16];
	size_t object_count;
};

/* The latest reply. */
extern struct key_reply host_reply;

/* Begin a request; items go to what is returned; then send it: its result. */
struct writer *host_begin(uint32_t operation, uint64_t object,
			  uint64_t argument);
uint64_t host_send(void);
struct items host_items(void); /* of the reply */

/* The same in steps: the request's bytes may be damaged between them. */
void host_set_size(void);
uint64_t host_send_as_is(void);

/* All that came out of the latest call. */
const uint8_t *host_output(size_t *size);

/* Talk while a request is under way; the latest reply is as before then. */
void host_nest(void (*function)(void));

/* A request without items. */
uint64_t host_ask(uint32_t operation, uint64_t object, uint64_t argument);

/* Keep what a pending change brings; do that, and commit. */
void host_keep(struct disk *disk);
uint64_t host_commit(struct disk *disk);

/* All of that must go well. */
void host_load_on(const struct disk *disk);
void host_load(const struct disk *disk); /* what was loaded is forgotten */
void host_login(uint64_t user, const char *pin);
uint64_t host_store(struct disk *disk); /* the reply's drafts: the last one */

uint64_t host_pin(uint32_t operation, uint64_t argument, const char *pin);
struct key_token_info host_info(void);

/* A token that is begun: sent only; on its disk; with a user, a key of EC. */
uint64_t host_init_token(const char *so, uint32_t flags);
void host_begin_token(struct disk *disk, const char *so, uint32_t flags);
void host_begin_user(struct disk *disk, const char *so, const char *user);
uint64_t host_add_pair(struct disk *disk);

/*
 * hostile_moments.c.  Call `function` once, at the n-th moment from now (from
 * 1) at which another thread could get ahead of a request.  The second asks
 * whether that was, and if not, calls it off.
 */
void host_interrupt(unsigned int n, void (*function)(void));
bool host_was_interrupted(void);

/* result must be CKR_OK: else say what it was and end the program. */
void host_need(uint64_t result, const char *what);

#endif /* TEST_HOSTILE_HOST_H */
