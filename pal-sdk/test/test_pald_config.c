/* SPDX-License-Identifier: BSD-2-Clause */
/* pald.conf: what is read from it, where mistakes are, who may do what. */
#include "pald/config.h"
#include <string.h>
#include "tap.h"

static bool find(void *context, enum config_who who, const char *name,
		 uint32_t *id)
{
	(void)context;
	if (!strcmp(name, "alice") && who == CONFIG_USER)
		*id = 1000;
	else if (!strcmp(name, "www-data") && who == CONFIG_GROUP)
		*id = 33;
	else
		return false;
	return true;
}

static const struct config_names names = {find, NULL};
static struct config config;
static struct config_error error;

static int read_text(const char *text)
{
	return config_read(text, strlen(text), &names, &config, &error);
}

static void all_lines_are_understood(void)
{
	CHECK(read_text("# of this machine\n\n"
			"directory /usr/lib/palisade/blocks\n"
			"directory /srv/blocks # more\n"
			"allow user alice block sign\n"
			"allow\tgroup www-data block *\n"
			"allow user 7 block a.b-c_D\n"
			"limit memory 128M\nlimit time 1500ms\n"
			"limit pals 3\nlimit connections 12\n"
			"limit total-connections 99") == 0);
	CHECK(config.directory_count == 2 && config.rule_count == 3);
	CHECK(!strcmp(config.directories[1], "/srv/blocks"));
	CHECK(config.memory == 128 << 20 && config.milliseconds == 1500);
	CHECK(config.pal_count == 3 && config.connection_count == 12);
	CHECK(config.total_connection_count == 99);
}

static void limits_are_there_without_lines(void)
{
	CHECK(read_text("") == 0);
	CHECK(config.memory && config.milliseconds && config.pal_count);
	CHECK(config.connection_count && config.total_connection_count);
	CHECK(!config.rule_count && !config.directory_count);
}

static void mistakes_have_a_place(void)
{
	static const struct {
		const char *text;
		unsigned int line, column;
	} mistakes[] = {
		{"fly\n", 1, 1},
		{"\n\n  fly\n", 3, 3},
		{"directory\n", 1, 10},
		{"directory blocks\n", 1, 11},
		{"directory /a /b\n", 1, 14},
		{"allow\n", 1, 6},
		{"allow bob block x\n", 1, 7},
		{"allow user\n", 1, 11},
		{"allow user alice\n", 1, 17},
		{"allow user alice sign\n", 1, 18},
		{"allow user alice block\n", 1, 23},
		{"allow user alice block ../x\n", 1, 24},
		{"allow user alice block x y\n", 1, 26},
		{"allow user 4294967295 block x\n", 1, 12},
		{"limit\n", 1, 6},
		{"limit luck 3\n", 1, 7},
		{"limit memory\n", 1, 13},
		{"limit memory 64X\n", 1, 14},
		{"limit memory 0\n", 1, 14},
		{"limit memory 999999999999G\n", 1, 14},
		{"limit memory 9999999999999\n", 1, 14},
		{"limit time 10\n", 1, 12},
		{"limit time 10s 3\n", 1, 16},
		{"limit pals 1\nlimit pals 1\n", 2, 7},
		{"limit pals 1\001\n", 1, 13},
		{"a a a a a a a a a\n", 1, 16},
	};

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct config before = config;

		CHECK(read_text(mistakes[i].text) == -1);
		CHECK(!memcmp(&before, &config, sizeof(config)));
		if (error.line != mistakes[i].line ||
		    error.column != mistakes[i].column)
			printf("# %s# is told at %u:%u\n", mistakes[i].text,
			       error.line, error.column);
		CHECK(error.line == mistakes[i].line);
		CHECK(error.column == mistakes[i].column);
		CHECK(error.text[0] != '\0');
	}
}

static void too_much_is_refused(void)
{
	char text[CONFIG_SIZE_MAX + 2];
	size_t used = 0;

	for (int i = 0; i <= CONFIG_RULE_MAX; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "allow everyone block x\n");
	CHECK(read_text(text) == -1 && error.line == CONFIG_RULE_MAX + 1);
	used = 0;
	for (int i = 0; i <= CONFIG_DIRECTORY_MAX; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "directory /x\n");
	CHECK(read_text(text) == -1 && error.line == CONFIG_DIRECTORY_MAX + 1);
	memset(text, '#', sizeof(text));
	CHECK(config_read(text, sizeof(text), &names, &config, &error) == -1);
	CHECK(error.line == 1);
}

static void only_those_who_are_allowed_may(void)
{
	const uint32_t groups[] = {5, 33};
	const struct config_peer alice = {.user = 1000, .group = 1000};
	const struct config_peer bob = {.user = 1001, .group = 1001};
	const struct config_peer web = {1002, 1002, groups, 2};
	const struct config_peer server = {.user = 1003, .group = 33};

	CHECK(read_text("allow user alice block sign\n"
			"allow user ghost block *\n"
			"allow group www-data block web\n") == 0);
	CHECK(config_allows(&config, &alice, "sign"));
	CHECK(!config_allows(&config, &alice, "web"));
	CHECK(!config_allows(&config, &alice, "sig"));
	CHECK(config_knows(&config, &alice) && !config_knows(&config, &bob));
	CHECK(!config_allows(&config, &bob, "sign"));
	CHECK(config_allows(&config, &web, "web"));
	CHECK(config_allows(&config, &server, "web"));
	CHECK(!config_allows(&config, &server, "sign"));
	CHECK(read_text("allow everyone block hello\n") == 0);
	CHECK(config_knows(&config, &bob));
	CHECK(config_allows(&config, &bob, "hello"));
	CHECK(!config_allows(&config, &bob, "sign"));
}

/* (uid_t)-1 is nobody's, even if the kernel should name it. */
static void an_unknown_name_is_nobody(void)
{
	const struct config_peer odd = {UINT32_MAX, UINT32_MAX, NULL, 0};

	CHECK(read_text("allow user ghost block *\n"
			"allow group ghost block *\n") == 0);
	CHECK(!config_knows(&config, &odd));
}

int main(void)
{
	RUN(all_lines_are_understood);
	RUN(limits_are_there_without_lines);
	RUN(mistakes_have_a_place);
	RUN(too_much_is_refused);
	RUN(only_those_who_are_allowed_may);
	RUN(an_unknown_name_is_nobody);
	return TAP_END();
}
