/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpal, too: PALs of the machine-wide service pald, for programs that may not
 * open the device themselves.  The service knows blocks by name; its
 * administrator says who may use which, and how much (pald(8)).
 *
 *	struct pald *service;
 *	struct pald_block block;
 *	int status = pald_connect(NULL, &service);
 *
 *	if (status == 0)
 *		status = pald_open(service, "sign", &block);
 *	if (status == 0)
 *		status = pald_call(service, block.handle, 0, "x", 1, text,
 *				   sizeof(text), &size);
 *	if (status < 0)
 *		fprintf(stderr, "%s\n", pal_error_text());
 *	pald_disconnect(service);
 *
 * What goes in and out passes through the service, which sees it; with
 * pal_host.h nobody but program and PAL does.
 *
 * A connection is for one thread at a time; threads that call at the same time
 * have connections of their own.  Status numbers and pal_error_text() are as in
 * pal_host.h; a PAL's own errors pass through.  After PALD_ENOSERVICE and
 * PAL_EPROTO the connection is of no more use: disconnect.
 */
#ifndef PAL_SERVICE_H
#define PAL_SERVICE_H

#include <stddef.h>
#include <stdint.h>
#include "pal_host.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A limit of the service is reached: PALs, memory or connections of this user,
 * or of all.  Nothing has happened; try again later.
 */
#define PALD_EBUSY	(-8208)
/* The call took longer than the service allows; the PAL was ended. */
#define PALD_ETIME	(-8209)
/* No block of this name is installed. */
#define PALD_ENOBLOCK	(-8210)
/* The service is not there, or has gone away. */
#define PALD_ENOSERVICE (-8211)

#define PALD_SOCKET "/run/palisade/pald.sock"

struct pald; /* a connection */

struct pald_block {
	uint32_t handle; /* of the PAL, on this connection; not 0 */
	uint32_t arg_size; /* the most bytes of input, and of output */
	int is_simulated; /* nothing protects it */
};

/*
 * Connect to the service at the socket `path`; NULL is the one that PALD_SOCKET
 * in the environment names, and else PALD_SOCKET above.
 * Errors: PAL_EINVAL (the path is too long), PAL_ENOMEM, PAL_EPERM,
 * PALD_ENOSERVICE; *out is then as it was.  Whether the service takes us only
 * the next call tells.
 */
int pald_connect(const char *path, struct pald **out);

/* End the connection and its PALs.  NULL is allowed. */
void pald_disconnect(struct pald *service);

/*
 * Make a PAL of the block of this name.  It lives until pald_close() or
 * pald_disconnect().
 * Errors: those of pal_open(); PAL_EPERM when this user may not,
 * PALD_EBUSY, PALD_ETIME, PALD_ENOBLOCK, PALD_ENOSERVICE.  *block is then as it
 * was.
 */
int pald_open(struct pald *service, const char *name, struct pald_block *block);

/*
 * As pal_call(), on the PAL with this handle.  Errors: those of pal_call(),
 * PALD_ETIME, PALD_ENOSERVICE; *out_size is then as it was, and so is `out`
 * unless the service went away in the middle of an answer.
 */
int pald_call(struct pald *service, uint32_t handle, unsigned int entry,
	      const void *in, size_t in_size, void *out, size_t out_capacity,
	      size_t *out_size);

/*
 * As pal_tpm_carry(), for the PAL with this handle.  The TPM is opened by this
 * program, which needs the right to.  Errors: those of pal_tpm_carry() and
 * pald_call().
 */
int pald_tpm_carry(struct pald *service, uint32_t handle, unsigned int entry);

/*
 * End the PAL; when this returns 0, it is wiped.  Errors: PAL_EINVAL,
 * PALD_ENOSERVICE.
 */
int pald_close(struct pald *service, uint32_t handle);

#ifdef __cplusplus
}
#endif

#endif /* PAL_SERVICE_H */
