/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration's file, and the users and groups that it names. */
#ifndef PALD_CONFIG_FILE_H
#define PALD_CONFIG_FILE_H

#include "pald/config.h"

/* Returns false after a message; then *config is as it was. */
bool config_file_read(const char *path, struct config *config);

#endif /* PALD_CONFIG_FILE_H */
