/* SPDX-License-Identifier: BSD-2-Clause */
/* States of tokens that an earlier or a later key PAL has sealed. */
#include <string.h>
#include "pkcs11/key/state.h"
#include "test/tap.h"

static struct state state;

/* As in format 2. */
struct old_entry {
	uint64_t id, version, lease;
};

static size_t make_old(size_t count)
{
	struct old_entry entry;

	memset(&state, 0, sizeof(state));
	state.magic = STATE_MAGIC;
	state.format = 2;
	state.version = 7;
	state.next_id = 1000;
	state.count = count;
	for (size_t i = 0; i < count; i++) {
		entry = (struct old_entry){i + 1, 10 * i + 1, 100 * i};
		memcpy((uint8_t *)state.entries + i * sizeof(entry), &entry,
		       sizeof(entry));
	}
	return STATE_HEAD_SIZE + count * sizeof(entry);
}

static void a_state_of_format_2_is_taken(void)
{
	static const size_t counts[] = {0, 1, 2, 3, 17, KEY_OBJECT_COUNT};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		CHECK(!state_take(&state, make_old(counts[i])));
		CHECK(state.format == STATE_FORMAT && state.version == 7);
		CHECK(state.count == counts[i] && state.next_id == 1000);
		for (size_t j = 0; j < counts[i]; j++) {
			const struct state_entry *entry = &state.entries[j];

			CHECK(entry->id == j + 1);
			CHECK(entry->version == 10 * j + 1);
			CHECK(entry->lease == 100 * j);
			CHECK(entry->counter == j + 1 && entry->base == 1);
		}
		CHECK(!state_take(&state, state_size(&state)));
	}
}

static void a_later_format_is_told_from_damage(void)
{
	size_t size = make_old(3);

	state.format = STATE_FORMAT + 1;
	CHECK(state_take(&state, size) == KEY_R_OLDER_PAL);
	state.format = 1;
	CHECK(state_take(&state, size) == KEY_R_ALTERED);
	make_old(3);
	CHECK(state_take(&state, size - 8) == KEY_R_ALTERED);
	make_old(3);
	CHECK(state_take(&state, size + 24) == KEY_R_ALTERED);
	make_old(3);
	CHECK(state_take(&state, STATE_HEAD_SIZE - 1) == KEY_R_ALTERED);
	make_old(3);
	state.count = KEY_OBJECT_COUNT + 1;
	CHECK(state_take(&state, size) == KEY_R_ALTERED);
	make_old(3);
	state.format = STATE_FORMAT;
	CHECK(state_take(&state, size) == KEY_R_ALTERED);
	make_old(3);
	state.magic++;
	CHECK(state_take(&state, size) == KEY_R_ALTERED);
}

int main(void)
{
	RUN(a_state_of_format_2_is_taken);
	RUN(a_later_format_is_told_from_damage);
	return TAP_END();
}
