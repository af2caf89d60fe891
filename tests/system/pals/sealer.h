/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the PALs "sealer" and the programs that have them seal. */
#ifndef PALS_SEALER_H
#define PALS_SEALER_H

#include <stdint.h>

/* PAL_SEAL_E* and PAL_PEER_E* are no errors of a PAL's own: moved to -200... */
#define SEALER_ERROR_BASE (-4000)

/* In: struct sealer_request, associated data, secret or blob. */
#define SEALER_SEAL	  0
#define SEALER_UNSEAL	  1
#define SEALER_ROOT	  2 /* out: struct pal_seal_root */
/* In: struct sealer_count. */
#define SEALER_READ	  3 /* out: struct pal_counter */
#define SEALER_ADVANCE	  4
/* In: uint32_t, how often; seals, unseals and compares for ever with 0. */
#define SEALER_WORK	  5

struct sealer_request {
	int32_t binding;
	uint32_t associated_size;
	uint32_t capacity;
};

struct sealer_count {
	uint8_t id[16];
	uint64_t from, to;
	uint8_t tag[32];
};

#endif /* PALS_SEALER_H */
