/* SPDX-License-Identifier: BSD-2-Clause */
/* Moments are the ends of functions that services call (--wrap). */
#include "pkcs11/key/auth.h"
#include "pkcs11/key/serve.h"
#include "pkcs11/key/store_data.h"
#include "hostile_host.h"

static unsigned int moments_left;
static void (*interruption)(void);
static bool was_interrupted;

void host_interrupt(unsigned int moment, void (*function)(void))
{
	moments_left = moment;
	interruption = function;
	was_interrupted = false;
}

bool host_was_interrupted(void)
{
	interruption = NULL;
	return was_interrupted;
}

/* Nobody gets ahead of who holds a lock. */
static void moment(void)
{
	void (*function)(void) = interruption;

	if (!function || store.change_lock.is_held ||
	    store.table_lock.is_held || --moments_left)
		return;
	interruption = NULL;
	was_interrupted = true;
	host_nest(function);
}

#define AFTER(type, name, parameters, arguments)                               \
	type __real_##name parameters;                                         \
	type __wrap_##name parameters;                                         \
	type __wrap_##name parameters                                          \
	{                                                                      \
		type answer = __real_##name arguments;                         \
                                                                               \
		moment();                                                      \
		return answer;                                                 \
	}

AFTER(uint32_t, store_check, (void), ())
AFTER(uint32_t, store_state, (struct state * head), (head))
AFTER(enum login, store_login, (void), ())
AFTER(uint32_t, store_get, (uint64_t handle, struct object **object),
      (handle, object))
AFTER(uint32_t, auth_try,
      (const struct state *state, uint64_t user, struct pin pin),
      (state, user, pin))
AFTER(uint32_t, auth_set_pin,
      (struct state_pin * to, uint32_t rounds, struct pin pin),
      (to, rounds, pin))
AFTER(bool, serve_writer, (struct writer * writer), (writer))
AFTER(uint32_t, vault_read, (const uint8_t id[16], struct vault_register *now),
      (id, now))
