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

struct progress;

/* `name` is the image's file, or what else is being opened; it must stay. */
struct progress *progress_begin(const char *name);

/* Takes NULL, which progress_begin() may return, too. */
void progress_end(struct progress *progress);

#endif /* TOOL_PROGRESS_H */
