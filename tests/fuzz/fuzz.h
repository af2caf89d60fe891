/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the fuzz targets share.  Each is one file with the one function that
 * libFuzzer calls: no input may crash it, make a sanitizer speak, or break a
 * REQUIRE.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define REQUIRE(claim)                                                         \
	do {                                                                   \
		if (!(claim)) {                                                \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__,     \
				__LINE__, #claim);                             \
			abort();                                               \
		}                                                              \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif /* FUZZ_FUZZ_H */
