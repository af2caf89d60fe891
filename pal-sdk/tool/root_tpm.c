/* SPDX-License-Identifier: BSD-2-Clause */
#include "root_tpm.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "root.h"
#include "tpm/tpm_device.h"

_Static_assert(TPM_ROOT_MAX == HV_ROOT_SIZE_MAX, "what the TPM gives fits");

int root_tpm_place(const char *text, struct tpm_root_place *place)
{
	if (tpm_root_parse(text, place))
		return 0;
	report("enable: '%s' is not HANDLE:PCR,PCR,... like 0x81000100:4,7,15 "
	       "(a persistent handle; PCRs 0 to 22, but not 16, and one of "
	       "them below 16)",
	       text);
	return -1;
}

static int open_tpm(void)
{
	int device = tpm_device_open(NULL);

	if (device < 0)
		report("no root from the TPM: %s: %s%s", tpm_device_path(),
		       strerror(errno),
		       errno == ENOENT ? "; is there a TPM 2.0, and is it on "
					 "in the firmware setup?"
				       : "");
	return device;
}

static void tell(const char *what, const struct tpm_root_place *place,
		 long status)
{
	if (status == TPM_ROOT_NONSENSE)
		report("%s 0x%08x: %s answers nonsense", what, place->handle,
		       tpm_device_path());
	else if (status < 0)
		report("%s 0x%08x: %s: %s", what, place->handle,
		       tpm_device_path(), strerror(errno));
	else
		report("%s 0x%08x: %s (TPM response code 0x%lx)", what,
		       place->handle, tpm_root_reason(status), status);
}

static int unseal(int device, const struct tpm_root_place *place,
		  struct hv_root *root)
{
	size_t size;
	long status = tpm_root_unseal(device, place, root->bytes, &size);

	if (status) {
		tell("the TPM does not give the root at", place, status);
		return -1;
	}
	if (size < HV_ROOT_SIZE_MIN) {
		report("what the TPM has at 0x%08x is no sealing root: %zu "
		       "bytes, not %d to %d",
		       place->handle, size, HV_ROOT_SIZE_MIN, HV_ROOT_SIZE_MAX);
		return -1;
	}
	root->kind = HV_ROOT_TPM;
	root->size = (uint32_t)size;
	return 0;
}

/* A root that others can take as well is used for nothing. */
static int cap(int device, const struct tpm_root_place *place)
{
	long status = tpm_root_cap(device, place);

	if (!status)
		return 0;
	tell("the TPM would give others, too, the root at", place, status);
	return -1;
}

int root_tpm_take(const struct tpm_root_place *place, struct hv_root *root)
{
	int device = open_tpm();
	int status = -1;

	memset(root, 0, sizeof(*root));
	if (device < 0)
		return -1;
	if (!unseal(device, place, root) && !cap(device, place))
		status = 0;
	close(device);
	if (status)
		root_wipe(root);
	return status;
}
