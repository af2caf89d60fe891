/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests: one function for each KEY_OP_* (key_protocol.h).  Each gets its
 * request in private memory, with items that are whole, and returns the reply's
 * result; anything but CKR_OK takes back what it wrote, unless it says so.
 */
#ifndef KEY_SERVE_H
#define KEY_SERVE_H

#include "object.h"

struct serve {
	const struct key_request *request;
	struct items items;
	uint64_t epoch; /* that it began in (store.h) */
	struct writer to; /* the reply's items */
	uint32_t flags; /* KEY_REPLY_* */
	uint64_t value, second;
	bool keeps_items; /* also with an error */
};

typedef uint32_t (*serve_function)(struct serve *serve);

/* serve_token.c */
uint32_t serve_load(struct serve *serve);
uint32_t serve_load_object(struct serve *serve);
uint32_t serve_load_end(struct serve *serve);
uint32_t serve_forget(struct serve *serve);
uint32_t serve_commit(struct serve *serve);
uint32_t serve_save(struct serve *serve);
uint32_t serve_info(struct serve *serve);
uint32_t serve_audit_head(struct serve *serve);

/* serve_pin.c */
uint32_t serve_init_token(struct serve *serve);
uint32_t serve_login(struct serve *serve);
uint32_t serve_logout(struct serve *serve);
uint32_t serve_init_pin(struct serve *serve);
uint32_t serve_set_pin(struct serve *serve);

/* serve_object.c */
uint32_t serve_find(struct serve *serve);
uint32_t serve_get(struct serve *serve);
uint32_t serve_summary(struct serve *serve);
uint32_t serve_set(struct serve *serve);
uint32_t serve_destroy(struct serve *serve);
uint32_t serve_store(struct serve *serve);
uint32_t serve_end_session(struct serve *serve);

/* serve_make.c */
uint32_t serve_create(struct serve *serve);
uint32_t serve_copy(struct serve *serve);
uint32_t serve_generate(struct serve *serve);
uint32_t serve_generate_pair(struct serve *serve);

/* serve_wrap.c */
uint32_t serve_derive(struct serve *serve);
uint32_t serve_unwrap(struct serve *serve);
uint32_t serve_wrap(struct serve *serve);

/* serve_use.c */
uint32_t serve_once(struct serve *serve);
uint32_t serve_begin(struct serve *serve);
uint32_t serve_update(struct serve *serve);
uint32_t serve_finish(struct serve *serve);
uint32_t serve_cancel(struct serve *serve);
uint32_t serve_digest_key(struct serve *serve);
uint32_t serve_random(struct serve *serve);

/* serve_backup.c */
uint32_t serve_set_target(struct serve *serve);
uint32_t serve_backup(struct serve *serve);
uint32_t serve_restore(struct serve *serve);

/* ---- What they share ----------------------------------------------------- */

/*
 * The next run of attributes in *rest, behind items that are none; *rest is
 * what follows.
 */
struct items serve_template(struct items *rest);

/* The bytes of an item, or of nothing. */
struct item serve_item(const struct serve *serve, uint32_t type);

void serve_add_summary(struct serve *serve, const struct object *object);

/*
 * Count and record a use of the key (use.h).  The record is told from then on
 * even if the request fails; what it writes behind that must be nothing then.
 */
struct use;
uint32_t serve_spend(struct serve *serve, const struct object *key,
		     const struct use *use);

/* A buffer for a new object's attributes; free() it with serve_free(). */
bool serve_writer(struct writer *writer);
void serve_free(struct writer *writer);

/*
 * Make the object, put it in (as a draft if it is to be stored), tell its
 * handle and its summary.
 */
uint32_t serve_add_object(struct serve *serve, const struct writer *attributes,
			  uint64_t *handle);

#endif /* KEY_SERVE_H */
