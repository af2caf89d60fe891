/* SPDX-License-Identifier: BSD-2-Clause */
#include "root_kind.h"
#include "abi/root.h"

static const struct {
	const char *word, *text;
} kinds[HV_ROOT_KINDS] = {
	[HV_ROOT_EPHEMERAL] = {"ephemeral",
			       "ephemeral: what PALs seal is lost when the "
			       "hypervisor ends"},
	[HV_ROOT_FILE] = {"file", "from the owner's file"},
	[HV_ROOT_PASSPHRASE] = {"passphrase", "from the owner's passphrase"},
	[HV_ROOT_TPM] = {"tpm", "from the TPM"},
};

const char *root_kind_word(uint32_t kind)
{
	return kind < HV_ROOT_KINDS ? kinds[kind].word : "unknown";
}

const char *root_kind_text(uint32_t kind)
{
	return kind < HV_ROOT_KINDS ? kinds[kind].text : "unknown";
}
