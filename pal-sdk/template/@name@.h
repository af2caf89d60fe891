/* What the program and its PAL agree on; see pal_struct.h. */
#ifndef @NAME@_H
#define @NAME@_H

#include <pal_struct.h>

PAL_STRUCT(@name@_amount, PAL_FIELD(int64_t, value));

/* F(function, what goes in, what comes out) */
#define @NAME@_FUNCTIONS(F) \
	F(@name@_add, STRUCT(@name@_amount), STRUCT(@name@_amount))

#define @NAME@_ERANGE (-1) /* the total would be too large */

#endif
