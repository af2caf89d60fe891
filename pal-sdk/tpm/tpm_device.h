/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Carrying messages to the machine's TPM 2.0.
 *
 * A path is a character device (/dev/tpmrm0: the kernel's resource manager,
 * which forgets an interrupted program's sessions) or a UNIX socket on which a
 * software TPM listens (swtpm socket --server type=unixio).
 */
#ifndef TPM_DEVICE_H
#define TPM_DEVICE_H

#include <stddef.h>
#include "tpm/message.h"

#define TPM_DEVICE_DEFAULT "/dev/tpmrm0"

/* Where the TPM is: what PALISADE_TPM in the environment says, or the default. */
const char *tpm_device_path(void);

/*
 * Open the TPM at `path`, NULL for tpm_device_path().  Returns a descriptor for
 * close(), or -1 with errno.
 */
int tpm_device_open(const char *path);

/*
 * Send a command and wait for its response, at most TPM_MESSAGE_MAX bytes at
 * `response`.  When the TPM asks to come back later (TPM_RC_RETRY and its like)
 * the command is sent again, up to a limit.  Returns the response's size, or -1
 * with errno; EMSGSIZE: the command is not whole.
 */
long tpm_device_send(int device, const struct tpm_command *command,
		     uint8_t response[TPM_MESSAGE_MAX]);

#endif
