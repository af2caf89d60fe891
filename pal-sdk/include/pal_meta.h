/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the options of a PAL (pal.h) reach `pal pack`: each is one record in
 * section .pal.meta of the linked ELF file.  The section is not loaded.
 */
#ifndef PAL_META_H
#define PAL_META_H

#include <stdint.h>

#define PAL_META_SECTION   ".pal.meta"
#define PAL_META_MAGIC	   0x314d4150U /* "PAM1" */
#define PAL_META_TEXT_SIZE 32 /* with the ending zero */

enum pal_meta_kind {
	PAL_META_ENTRIES, /* value: number of entries; every PAL has it */
	PAL_META_NAME, /* text */
	PAL_META_THREADS,
	PAL_META_STACK_SIZE, /* value: bytes for the PAL's own functions */
	PAL_META_ARG_SIZE, /* value: bytes */
	PAL_META_SECURITY_VERSION,
	PAL_META_DEBUG,
	PAL_META_PEERS,
	PAL_META_KINDS
};

/* 64 bytes and so aligned: compilers leave no gap between two of them. */
struct pal_meta {
	uint32_t magic;
	uint32_t kind; /* enum pal_meta_kind */
	uint64_t value;
	char text[PAL_META_TEXT_SIZE];
	uint64_t reserved[2]; /* 0 */
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct pal_meta) == 64, "read by pal pack");

#endif /* PAL_META_H */
