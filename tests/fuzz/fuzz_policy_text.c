/* SPDX-License-Identifier: BSD-2-Clause */
/* The policy's text.  What compiles is a policy; what does not has a place. */
#include <string.h>
#include "fuzz.h"
#include "notary/policy.h"
#include "tool/policy_text.h"

/* A key file is its name. */
static int find_signer(void *context, const char *path, uint8_t signer[48],
		       char *why, size_t size)
{
	(void)context;
	memset(signer, path[0], 48);
	if (path[0] != '-')
		return 0;
	snprintf(why, size, "%s: no such file", path);
	return -1;
}

static void warn(void *context, unsigned int line, const char *text)
{
	(void)context;
	REQUIRE(line && strstr(text, "anybody's PAL"));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct policy_text_caller caller = {find_signer, warn,
							 NULL};
	struct policy_text_error error = {0};
	uint8_t policy[POLICY_SIZE_MAX];
	size_t policy_size;

	if (!policy_text_compile((const char *)bytes, size, &caller, policy,
				 &policy_size, &error)) {
		REQUIRE(policy_size <= sizeof(policy));
		REQUIRE(policy_check(policy, policy_size) == 0);
		return 0;
	}
	REQUIRE(error.line && error.column && error.column <= size + 1);
	REQUIRE(memchr(error.text, '\0', sizeof(error.text)) && *error.text);
	return 0;
}
