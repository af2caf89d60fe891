/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pald.conf(5): where blocks are, who may open which, and how much.  The text
 * is foreign: anything that is not understood is an error with its place.
 */
#ifndef PALD_CONFIG_H
#define PALD_CONFIG_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "host/pald_protocol.h"

#define CONFIG_DIRECTORY_MAX 8
#define CONFIG_PATH_MAX	     256
#define CONFIG_RULE_MAX	     256
#define CONFIG_SIZE_MAX	     65536 /* of the text */

enum config_who { CONFIG_EVERYONE, CONFIG_USER, CONFIG_GROUP };

struct config_rule {
	enum config_who who;
	uint32_t id; /* of the user or group; UINT32_MAX: nobody */
	char block[PALD_NAME_MAX + 1]; /* empty: every block */
};

struct config {
	char directories[CONFIG_DIRECTORY_MAX][CONFIG_PATH_MAX];
	size_t directory_count;
	struct config_rule rules[CONFIG_RULE_MAX];
	size_t rule_count;
	/* Of each user; */
	uint64_t memory; /* bytes, of all PALs together */
	uint64_t milliseconds; /* of a call */
	uint64_t pal_count;
	uint64_t connection_count;
	/* and of all together. */
	uint64_t total_connection_count;
};

struct config_error {
	unsigned int line, column; /* from 1 */
	char text[160];
};

/*
 * The number of a user or group; returns false when there is none, which makes
 * the rule one for nobody.
 */
struct config_names {
	bool (*find)(void *context, enum config_who who, const char *name,
		     uint32_t *id);
	void *context;
};

/*
 * Read size bytes of text.  Returns 0, or -1 and the place in *error; then
 * *config is as it was.
 */
int config_read(const char *text, size_t size, const struct config_names *names,
		struct config *config, struct config_error *error);

/* The one who asks. */
struct config_peer {
	uint32_t user, group;
	const uint32_t *groups;
	size_t group_count;
};

/* May the peer open this block; may it open any? */
bool config_allows(const struct config *config, const struct config_peer *peer,
		   const char *block);
bool config_knows(const struct config *config, const struct config_peer *peer);

#endif /* PALD_CONFIG_H */
