/* SPDX-License-Identifier: BSD-2-Clause */
/* Greets a caller, and counts whom it has greeted where nobody can look. */
#include <pal.h>
#include <stdio.h>
#include <string.h>
#include "hello.h"

PAL_NAME("hello");
PAL_FUNCTIONS(HELLO_FUNCTIONS);

static unsigned int greeted_count;

int hello_greet(const struct greet_request *request, struct greet_reply *reply)
{
	size_t length = strnlen(request->name, sizeof(request->name));

	/* Sizes have been checked, contents have not. */
	if (length == 0 || length == sizeof(request->name))
		return HELLO_ENAME;
	greeted_count++;
	snprintf(reply->text, sizeof(reply->text),
		 "Hello %s, you are number %u.", request->name, greeted_count);
	return 0;
}
