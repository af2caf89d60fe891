/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a linked program cannot be a PAL, in the words of its source: which line
 * calls what PALs do not have.
 */
#ifndef TOOL_EXPLAIN_H
#define TOOL_EXPLAIN_H

/*
 * Report each function that is not there, each thread-local variable and each
 * constructor of ELF file `path`, with the line that uses it and what to do.
 * The file was linked with --emit-relocs; lines are known if it was compiled
 * with -g.  `source` names what has no line.
 * Returns how many messages there were: 0 also for a file that cannot be read.
 */
unsigned int explain_file(const char *path, const char *source);

#endif /* TOOL_EXPLAIN_H */
