/* The PAL: what nobody else can read or change. */
#include <pal.h>
#include "@name@.h"

PAL_NAME("@name@");
PAL_FUNCTIONS(@NAME@_FUNCTIONS);

static int64_t total;

/* Sizes have been checked, values have not. */
int @name@_add(const struct @name@_amount *request,
	       struct @name@_amount *reply)
{
	int64_t sum;

	if (__builtin_add_overflow(total, request->value, &sum))
		return @NAME@_ERANGE;
	total = sum;
	reply->value = total;
	return 0;
}
