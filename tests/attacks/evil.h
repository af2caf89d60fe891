/* SPDX-License-Identifier: BSD-2-Clause */
/* What the PAL "evil" does to those whom it can reach. */
#ifndef EVIL_H
#define EVIL_H

#include <stdint.h>

enum evil_entry {
	EVIL_COMPARE,	/* in: words; how many have changed while it looked */
	EVIL_PEEK,	/* the same, of the window itself */
	EVIL_RETURN,	/* in: int64_t, its result, past the runtime */
	EVIL_OVERRUN,	/* writes the window, and on and on */
	EVIL_ASK,	/* in: uint64_t seed; out: struct evil_answers */
};

#define EVIL_IMAGE	"/lib/attacks/evil.pal"
#define EVIL_THREADS	4
#define EVIL_WORDS	64	/* in the first slice of the window */
#define EVIL_MARK	UINT64_C(0x6c697665)
#define EVIL_SAME	(-1)	/* of EVIL_COMPARE and EVIL_PEEK: no word */
#define EVIL_CHANGED	(-2)	/* some */
#define EVIL_REQUESTS	500	/* of one EVIL_ASK */

/* What the notary answered to malformed requests, by what was asked for. */
struct evil_answers {
	uint32_t good_count;
	uint32_t refused_count;
	uint32_t wrong_count;	/* nobody but the hypervisor may ask for it */
	uint32_t unknown_count;	/* of answers that its manual does not have */
};

#endif
