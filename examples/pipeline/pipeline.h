/* SPDX-License-Identifier: BSD-2-Clause */
/* What the program and the two PALs agree on. */
#ifndef PIPELINE_H
#define PIPELINE_H

#include <pal_struct.h>

#define PIPELINE_LIMIT	   1000 /* what an order may be worth */
#define PIPELINE_TO_SIZE   32
#define PIPELINE_MARK_SIZE 32 /* HMAC-SHA-256 */

/* `to` ends with a zero, and what is behind that is zero too. */
PAL_STRUCT(order,
	   PAL_ARRAY(char, to, PIPELINE_TO_SIZE) PAL_FIELD(uint64_t, amount));
PAL_STRUCT(stamp, PAL_ARRAY(uint8_t, mark, PIPELINE_MARK_SIZE));
PAL_STRUCT(stamped,
	   PAL_ARRAY(char, to, PIPELINE_TO_SIZE) PAL_FIELD(uint64_t, amount)
		   PAL_ARRAY(uint8_t, mark, PIPELINE_MARK_SIZE));

/* The PAL "pipeline": looks at an order, and has a good one stamped. */
#define PIPELINE_FUNCTIONS(F) F(order_submit, STRUCT(order), STRUCT(stamp))

/* The PAL "stamp": stamps what "pipeline" sends; anybody may have one verified. */
#define STAMP_FUNCTIONS(F)                                                     \
	F(stamp_make, STRUCT(order), STRUCT(stamp))                            \
	F(stamp_verify, STRUCT(stamped), NONE)

#define PIPELINE_ETO	 (-1) /* nobody to pay */
#define PIPELINE_EAMOUNT (-2) /* nothing, or above the limit */
#define PIPELINE_EPEER	 (-3) /* no stamp to be had */
#define STAMP_ECALLER	 (-4) /* only "pipeline" may have orders stamped */
#define STAMP_EFORGED	 (-5) /* the stamp is not of this order */
#define STAMP_ECRYPTO	 (-6)

#endif
