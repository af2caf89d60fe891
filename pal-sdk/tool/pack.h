/* SPDX-License-Identifier: BSD-2-Clause */
/* From a linked file to an image file, for `pal pack` and `pal cc`. */
#ifndef TOOL_PACK_H
#define TOOL_PACK_H

#include "elf_image.h"

/*
 * Write the PAL image of ELF file `in` to file `out`, whole or not at all.
 * Returns 0; -1 when the file cannot be a PAL, which *error tells; or
 * EXIT_FAILURE after a message.
 */
int pack_file(const char *in, const char *out, struct elf_error *error);

#endif /* TOOL_PACK_H */
