/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading pald.conf. */
#include "pald/config_file.h"
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include "pald/server.h"

/* Somebody who was removed from the machine must not stop it for the others. */
static bool find(void *context, enum config_who who, const char *name,
		 uint32_t *id)
{
	struct passwd *user = NULL;
	struct group *group = NULL;

	if (who == CONFIG_USER)
		user = getpwnam(name);
	else
		group = getgrnam(name);
	if (user)
		*id = user->pw_uid;
	if (group)
		*id = group->gr_gid;
	if (!user && !group)
		server_log("%s: there is no %s '%s': its line is for nobody",
			   (const char *)context,
			   who == CONFIG_USER ? "user" : "group", name);
	return user || group;
}

bool config_file_read(const char *path, struct config *config)
{
	const struct config_names names = {find, (void *)(uintptr_t)path};
	struct config_error error;
	static char text[CONFIG_SIZE_MAX + 1];
	FILE *file = fopen(path, "re");
	size_t size;

	if (!file) {
		server_log("%s: %s", path, strerror(errno));
		return false;
	}
	size = fread(text, 1, sizeof(text), file);
	if (ferror(file)) {
		server_log("%s: %s", path, strerror(errno));
		fclose(file);
		return false;
	}
	fclose(file);
	if (!config_read(text, size, &names, config, &error))
		return true;
	server_log("%s:%u:%u: %s", path, error.line, error.column, error.text);
	return false;
}
