/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For who waits at a terminal while a PAL is made: how far that is.
 *
 *	struct progress *progress = progress_begin(path);
 *	status = pal_open(path, &pal);
 *	progress_end(progress);
 *
 * A line appears on standard error when it takes long, and is gone afterwards,
 * also when a signal ends the program meanwhile.  Where standard error is no
 * terminal, nothing at all is done.
 */
#ifndef TOOL_PROGRESS_H
#define TOOL_PROGRESS_H

#include <stddef.h>

struct progress;

/* `name` is the image's file, or what else is being opened; it must stay. */
struct progress *progress_begin(const char *name);

/* The same while file `name` is read and measured, of which it is told. */
struct progress *progress_begin_measuring(const char *name);

/* So many bytes are done; `progress` is one, or NULL. */
void progress_measured(void *progress, size_t done);

/* Takes NULL, which progress_begin() may return, too. */
void progress_end(struct progress *progress);

#endif /* TOOL_PROGRESS_H */
